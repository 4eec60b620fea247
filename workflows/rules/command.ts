// A command is what a person asks of a request; it arrives as a signal and is read here, because anybody may send a signal.

import type { Actor, Content, NamedLine } from './request.ts';
import { type Action, isAction } from './steps.ts';

export interface Command {
  commandId: string;
  /** The request it is meant for: a command that was copied from another request's history is forged. */
  requestNo: string;
  action: Action;
  actor: Actor;
  /** Revision of the request that the actor had before their eyes. */
  revision: number;
  reason: string;
  /** 转交: to whom. */
  to?: Actor;
  /** Approval of a top-up: the bank line that the money came by. */
  line?: NamedLine;
  /** Amendment: the content as it shall be. */
  content?: Content;
}

/** Something on the tray that is no command: a forged payload, a signal of unknown name, a cancellation from outside. */
export interface Oddity {
  oddity: 'forged_command' | 'unknown_signal' | 'cancel_not_allowed';
  tried: string;
}

const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max && !value.includes('\0') && value.isWellFormed();
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isActor = (value: unknown): value is Actor =>
  isRecord(value) && isText(value.code, 20) && value.code !== '' && isText(value.name, 60) && isTexts(value.groups) && isTexts(value.rights);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.length <= 200 && value.every((one) => isText(one, 60));

function isContent(value: unknown): value is Content {
  if (!isRecord(value) || !isRecord(value.data)) return false;
  const amount = value.amountFen;
  const amountFits = amount === null || (Number.isSafeInteger(amount) && Number(amount) > 0);
  const { reasons } = value;
  if (reasons !== undefined && !(isRecord(reasons) && Object.values(reasons).every((one) => isText(one, 400)))) return false;
  return amountFits && isText(value.title, 200) && isText(value.merchantNo, 15) && Object.values(value.data).every((one) => isText(one, 4000));
}

const isLine = (value: unknown): value is NamedLine => isRecord(value) && Number.isSafeInteger(value.id) && typeof value.override === 'boolean';

/** Reads a signal's payload. `allowed` are the actions its name stands for; anything that does not fit is an oddity, recorded and without effect. */
export function readCommand(signal: string, allowed: readonly Action[], ofRequest: string, payload: unknown): Command | Oddity {
  const forged: Oddity = { oddity: 'forged_command', tried: signal };
  if (!isRecord(payload) || !isAction(payload.action) || !allowed.includes(payload.action)) return forged;
  const { commandId, requestNo, action, actor, revision, reason, to, content, line } = payload;
  if (requestNo !== ofRequest) return forged;
  if (!isText(commandId, 100) || commandId === '' || !isActor(actor) || !Number.isSafeInteger(revision) || !isText(reason, 4000)) return forged;
  if ((to !== undefined && !isActor(to)) || (content !== undefined && !isContent(content))) return forged;
  if (line !== undefined && !(isLine(line) && action === 'approve')) return forged;
  if ((action === 'amend') !== (content !== undefined) || (action === 'handOver') !== (to !== undefined)) return forged;
  return {
    commandId,
    requestNo,
    action,
    actor,
    revision: Number(revision),
    reason,
    ...(to ? { to } : {}),
    ...(content ? { content } : {}),
    ...(line ? { line } : {}),
  };
}
