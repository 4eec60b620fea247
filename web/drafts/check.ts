// Everything that decides whether a draft may be submitted: its faults, its warnings, and who could decide it by when.
import { attachmentsOf } from '../../db/attachments.ts';
import { together } from '../../db/connect.ts';
import { approvalPlan } from '../../db/reference.ts';
import { type TwinRequest, twinRequests } from '../../db/twins.ts';
import { members } from '../../db/users.ts';
import { isAbout } from '../../workflows/rules/access.ts';
import { afterWorking } from '../../workflows/rules/calendar.ts';
import { twinKeys } from '../../workflows/rules/twins.ts';
import type { SignedInCtx } from '../http.ts';
import { type CodeNames, codeNamesOf } from '../people/names.ts';
import type { DraftForm, Faults, Typed, Warning } from './form.ts';

export interface Checked {
  faults: Faults;
  warnings: Warning[];
  /** Warnings without a reason yet. */
  unconfirmed: string[];
  /** Other requests that look like this one. */
  similar: TwinRequest[];
  /** Groups that decide it, in order. */
  levels: string[];
  /** What those groups are called. */
  groupNames: CodeNames;
  /** The group of the first level. */
  members: { code: string; name: string }[];
  /** Who of them may decide it. */
  deciders: { code: string; name: string }[];
  /** Epoch ms until which the first level should decide, were it submitted now. */
  due: number;
  complete: boolean;
  /** What is attached, by part and hash: it goes into the request, so that nothing can be exchanged afterwards unseen. */
  attachments: string;
}

/** `held`: the draft stays as it is from then on, so what is attached is read afterwards. */
export function check(ctx: SignedInCtx, rule: DraftForm, requestNo: string, form: Typed, reasons: Typed, held: Promise<unknown> = Promise.resolve()) {
  if (!rule.quick) return checkWith(ctx, rule, requestNo, form, reasons, held);
  return together(ctx.db, (db) => checkWith({ ...ctx, db }, rule, requestNo, form, reasons, held));
}

async function checkWith(ctx: SignedInCtx, rule: DraftForm, requestNo: string, form: Typed, reasons: Typed, held: Promise<unknown>): Promise<Checked> {
  const { db } = ctx;
  const now = Date.now();
  const content = { ...(await rule.content(ctx, form)), data: form };
  const [{ files, faults, warnings }, { plan, levels, people }, similar, groupNames] = await Promise.all([
    findings(ctx, rule, requestNo, form, held),
    reviewers(ctx, rule, requestNo, form),
    twinRequests(db, requestNo, content.merchantNo, twinKeys(content)),
    codeNamesOf(ctx),
  ]);
  const unconfirmed = warnings.map((warning) => warning.key).filter((key) => !reasons[key]);
  return {
    faults,
    warnings,
    unconfirmed,
    similar,
    levels,
    groupNames,
    members: people,
    deciders: people.filter((one) => one.code !== ctx.user.code && !isAbout(form, one.code)),
    due: afterWorking(now, plan.escalateMs, plan.calendar),
    complete: Object.keys(faults).length === 0 && unconfirmed.length === 0,
    attachments: files.map((file) => `${file.part} ${file.sha256.slice(0, 16)}`).join('\n'),
  };
}

/** What is attached, and what is wrong or doubtful. */
async function findings(ctx: SignedInCtx, rule: DraftForm, requestNo: string, form: Typed, held: Promise<unknown>) {
  const [found, warnings, files] = await Promise.all([
    rule.faults(ctx, requestNo, form),
    rule.warnings?.(ctx, requestNo, form) ?? [],
    held.then(() => attachmentsOf(ctx.db, requestNo)),
  ]);
  return { files, faults: { ...found, ...rule.missing?.(files.map((file) => file.part)) }, warnings };
}

/** The groups that would decide it, and who is in the first one. */
async function reviewers(ctx: SignedInCtx, rule: DraftForm, requestNo: string, form: Typed) {
  const [plan, asked] = await Promise.all([approvalPlan(ctx.db, rule.kind), rule.levels?.(ctx, requestNo, form) ?? null]);
  const levels = asked ?? plan.levels.map((level) => level.group);
  return { plan, levels, people: await members(ctx.db, levels[0] ?? '') };
}
