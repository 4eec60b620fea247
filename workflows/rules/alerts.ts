// 风险预警 (rules.md §7): what raises one, and what a person may do about it: 未处理 → 处理中 → 已处理.
import type { Refusal } from './refusals.ts';
import type { Actor, Person } from './request.ts';

/** Each has a parameter `alert.<rule>`; `off` raises none. */
export const alertRules = ['velocity', 'night', 'lowQuota', 'sameAmount', 'roundAmount', 'declines', 'giveBacks', 'underTier'] as const;
export type AlertRule = (typeof alertRules)[number];

/** Numbers of a parameter such as `4/30/100000`, `23:00-06:00` or `20%`; null when it is off or does not fit. */
export function readAlertPolicy(rule: AlertRule, value: string): number[] | string | null {
  if (value === 'off') return null;
  if (rule === 'night') return /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : null;
  if (rule === 'lowQuota') return /^[1-9]\d{0,1}%$/.test(value) ? [Number(value.slice(0, -1))] : null;
  const parts = value.split('/');
  const wanted = rule === 'velocity' ? 3 : 2;
  return parts.length === wanted && parts.every((part) => /^[1-9]\d{0,11}$/.test(part)) ? parts.map(Number) : null;
}

export const alertActions = ['take', 'note', 'remind', 'requestVoucher', 'close'] as const;
export type AlertAction = (typeof alertActions)[number];

export interface AlertEvent {
  seq: number;
  type: AlertAction | 'raised' | 'overdue' | 'refused';
  by: Person | null;
  /** Epoch ms. */
  at: number;
  text: string;
  commandId: string;
  refusal?: Refusal;
}
export interface Alert {
  alertNo: string;
  rule: AlertRule;
  merchantNo: string;
  /** '' where it is about the merchant. */
  terminalNo: string;
  /** What was seen: counts, fen, times. */
  detail: Record<string, string | number>;
  state: 'open' | 'handling' | 'closed';
  owner: Person | null;
  /** Epoch ms. */
  raisedAt: number;
  dueAt: number;
  overdue: boolean;
  /** How long a requested voucher may take, ms. */
  voucherMs: number;
  version: number;
  events: AlertEvent[];
}
export interface AlertCommand {
  commandId: string;
  alertNo: string;
  action: AlertAction;
  actor: Actor;
  text: string;
}

const MOST_TEXT = 400;
const KEPT_EVENTS = 200;

/** Why a person may not do this now; null when they may. The owner alone goes on with a case; taking it over is on record. */
export function alertRefusal(
  { state, owner }: Pick<Alert, 'state' | 'owner'>,
  { action, actor, text }: Pick<AlertCommand, 'action' | 'actor' | 'text'>,
): Refusal | null {
  if (state === 'closed') return 'already_decided';
  if (action === 'take') return state === 'handling' && owner?.code === actor.code ? 'not_now' : null;
  if (state === 'open') return 'not_now';
  if (owner?.code !== actor.code) return 'claimed_by_other';
  if (text.trim() === '') return 'text_missing';
  return [...text].length > MOST_TEXT ? 'reason_too_long' : null;
}

/** Takes a command once; a refused one is an event as well. */
export function takeAlert(alert: Alert, command: AlertCommand, at: number): Alert {
  if (alert.events.some((event) => event.commandId === command.commandId)) return alert;
  const { code, name } = command.actor;
  const refusal = alertRefusal(alert, command);
  const happening = { by: { code, name }, at, text: command.text, commandId: command.commandId };
  if (refusal) return happened(alert, { ...happening, type: 'refused', refusal });
  const done = happened(alert, { ...happening, type: command.action });
  if (command.action === 'take') return { ...done, state: 'handling', owner: { code, name } };
  if (command.action === 'close') return { ...done, state: 'closed' };
  // 调单 takes its time.
  return command.action === 'requestVoucher' ? { ...done, dueAt: at + alert.voucherMs, overdue: false } : done;
}

/** Past its due time: told once. */
export const alertOverdue = (alert: Alert, at: number): Alert =>
  alert.overdue || at < alert.dueAt ? alert : { ...happened(alert, { type: 'overdue', by: null, at, text: '', commandId: '' }), overdue: true };

function happened(alert: Alert, event: Omit<AlertEvent, 'seq'>): Alert {
  const version = alert.version + 1;
  return { ...alert, version, events: [...alert.events, { ...event, seq: version }].slice(-KEPT_EVENTS) };
}

/** Reads a signal's payload; null for anything that is no command of this alert. */
export function readAlertCommand(alertNo: string, payload: unknown): AlertCommand | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { commandId, action, actor, text, alertNo: meant } = payload as Partial<AlertCommand>;
  const known = (alertActions as readonly unknown[]).includes(action);
  const person = typeof actor === 'object' && actor !== null && typeof actor.code === 'string' && actor.code !== '' && typeof actor.name === 'string';
  const texts = typeof commandId === 'string' && commandId !== '' && commandId.length <= 100 && typeof text === 'string' && text.length <= 4000;
  return meant === alertNo && known && person && texts && isWhole(text) ? ({ commandId, action, actor, text, alertNo } as AlertCommand) : null;
}
const isWhole = (text: string) => text.isWellFormed() && !text.includes('\0');
