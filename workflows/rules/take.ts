// Four eyes and every other rule of a step, in one pure function: the workflow decides with it, the page draws its buttons with it.
import type { Command } from './command.ts';
import { kindRule } from './kinds.ts';
import type { Refusal } from './refusals.ts';
import { type Actor, happened, isFinal, type Request, type RequestEvent, waitsFor } from './request.ts';
import { type Action, type Step, steps } from './steps.ts';

export const MAX_REASON = 200;
const URGE_EVERY_MS = 3_600_000;

/** `take(request, command)` → the request after the step, or the name of what forbids it. `at` is epoch ms. */
export function take(request: Request, command: Command, at: number): Request | Refusal {
  return refusal(request, command, at) ?? taken(request, command, at);
}

/** Why this command may not be taken now, or null. */
export function refusal(request: Request, command: Command, at: number): Refusal | null {
  const step: Step = steps[command.action];
  return (
    forbidden(request, command.action, command.actor, at) ??
    (step.bound ? outdated(request, command) : null) ??
    reasonRefusal(step, command.reason.trim()) ??
    particular(request, command)
  );
}

/** The part of the rule that the page can already ask before anything is typed: state, four eyes, level, duties, claim. */
export function forbidden(request: Request, action: Action, actor: Actor, at: number): Refusal | null {
  const step: Step = steps[action];
  if (isFinal(request.state)) return 'already_decided';
  if (step.by === 'reviewer' && (request.state === 'failed' ? contributed(request, actor) : hadAHand(request, actor))) return 'own_request';
  if (!step.from.includes(request.state)) return step.bound && step.by === 'reviewer' ? 'already_decided' : 'not_now';
  if (step.by === 'maker') return actor.code === request.maker.code ? urgedLately(request, action, at) : 'not_maker';
  if (step.by === 'holder') return heldBy(request, at) === actor.code ? null : 'not_claimed';
  return step.by === 'reviewer' ? (reviewerRefusal(request, actor) ?? claimRefusal(request, actor, at)) : null;
}

/** 同一操作员不能审核: who submitted, amended or approved a lower level of a request has had a hand in it, and may not decide it. */
export function hadAHand(request: Request, actor: { code: string }): boolean {
  return contributed(request, actor) || request.approvals.some((approval) => samePerson(approval.by.code, actor.code));
}

function contributed(request: Request, actor: { code: string }): boolean {
  return request.contributors.some((code) => samePerson(code, actor.code));
}

/** Codes are compared without case: `Clerk001` is no other person than `clerk001`. */
const samePerson = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function reviewerRefusal(request: Request, actor: Actor): Refusal | null {
  const { submitRight, reviewRight, peers } = kindRule(request.kind);
  const group = waitsFor(request);
  if (group === null || !actor.groups.includes(group) || !actor.rights.includes(reviewRight)) return 'not_your_level';
  const importing = request.plan?.importApart === true && request.kind === 'topUp' && actor.rights.includes('bankLines');
  return importing || (!peers && dutiesConflict(actor.rights, submitRight, reviewRight)) ? 'duty_conflict' : null;
}

/** 不相容岗位: 录入 and 审核 of the same kind, or 审核 and 系统管理, in one person. */
function dutiesConflict(rights: readonly string[], submitRight: string, reviewRight: string): boolean {
  return rights.includes(reviewRight) && (rights.includes(submitRight) || rights.includes('userManagement'));
}

/** Code of the person who holds the claim, or null when nobody does or it has lapsed. */
export function heldBy(request: Request, at: number): string | null {
  return request.claim && request.claim.until > at ? request.claim.by.code : null;
}

function claimRefusal(request: Request, actor: Actor, at: number): Refusal | null {
  const holder = heldBy(request, at);
  return holder === null || holder === actor.code ? null : 'claimed_by_other';
}

function urgedLately(request: Request, action: Action, at: number): Refusal | null {
  return action === 'urge' && request.urgedAt !== null && at - request.urgedAt < URGE_EVERY_MS ? 'urged_lately' : null;
}

function outdated(request: Request, command: Command): Refusal | null {
  if (command.revision === request.revision) return null;
  return command.revision >= request.submittedRevision && command.action !== 'amend' ? 'already_decided' : 'stale';
}

/** Whether an approval must name the bank line that the money came by: at the first level of a top-up. */
export const namesLine = (request: Request): boolean => kindRule(request.kind).names === 'line' && request.level === 1;

/** What is wrong with the reason given for a step, or null; `reason` without outer blanks. */
export function reasonRefusal(step: Step, reason: string): Refusal | null {
  if (step.reason === 'mandatory' && reason === '') return 'reason_missing';
  return [...reason].length > MAX_REASON ? 'reason_too_long' : null;
}

function particular(request: Request, command: Command): Refusal | null {
  if (command.action === 'handOver') {
    const to = command.to;
    return !to || to.code === command.actor.code || hadAHand(request, to) || reviewerRefusal(request, to) ? 'not_eligible' : null;
  }
  if (command.action === 'approve' && namesLine(request)) {
    if (!command.line) return 'line_missing';
    return command.line.override && command.reason.trim() === '' ? 'reason_missing' : null;
  }
  if (command.action === 'amend') return command.content && command.content.merchantNo !== request.merchantNo ? 'merchant_changed' : null;
  return null;
}

function taken(request: Request, command: Command, at: number): Request {
  const by = { code: command.actor.code, name: command.actor.name };
  const reason = command.reason.trim();
  const note = { by, at, commandId: command.commandId, ...(reason ? { reason } : {}) };
  const claimMs = request.plan?.claimMs ?? 0;
  switch (command.action) {
    case 'approve': {
      const last = request.level >= (request.plan?.levels.length ?? 1);
      const approvals = [...request.approvals, { level: request.level, by, at }];
      const line = request.level === 1 && command.line ? { line: command.line } : {};
      const approved = happened({ ...request, ...line, approvals, claim: null }, { type: 'approved', ...note });
      if (last) return { ...approved, state: 'approved', revision: request.revision + 1, since: at };
      return { ...approved, level: request.level + 1, revision: request.revision + 1, since: at, reminded: false, overdue: false };
    }
    case 'return':
      return happened({ ...request, state: 'returned', ...afresh(request, at) }, { type: 'returned', ...note });
    case 'reject':
      return happened({ ...request, state: 'rejected', ...afresh(request, at) }, { type: 'rejected', ...note });
    case 'amend': {
      const content = command.content ?? request;
      const changes = differences(request.data, content.data);
      const revision = request.revision + 1;
      const { data, title, merchantNo, amountFen } = content;
      const again = {
        reasons: content.reasons ?? request.reasons,
        data,
        title,
        merchantNo,
        amountFen,
        state: 'submitted' as const,
        level: 1,
        approvals: [],
        submittedRevision: revision,
        submissions: request.submissions + 1,
      };
      return happened({ ...request, ...again, ...afresh(request, at), plan: null }, { type: 'amended', ...note, changes });
    }
    case 'withdraw':
      return happened({ ...request, state: 'withdrawn', ...afresh(request, at) }, { type: 'withdrawn', ...note });
    case 'claim':
      return happened({ ...request, claim: { by, until: at + claimMs } }, { type: 'claimed', ...note });
    case 'release':
      return happened({ ...request, claim: null }, { type: 'released', ...note });
    case 'handOver': {
      const to = { code: command.to?.code ?? '', name: command.to?.name ?? '' };
      return happened({ ...request, claim: { by: to, until: at + claimMs } }, { type: 'handedOver', ...note, to });
    }
    case 'comment':
      return happened(heldBy(request, at) === by.code ? { ...request, claim: { by, until: at + claimMs } } : request, { type: 'commented', ...note });
    case 'urge':
      return happened({ ...request, urgedAt: at }, { type: 'urged', ...note });
    case 'retry':
      return happened({ ...request, state: 'approved', since: at }, { type: 'retried', ...note });
    case 'abandon':
      return happened({ ...request, state: 'abandoned', ...afresh(request, at) }, { type: 'abandoned', ...note });
  }
}

function afresh(request: Request, at: number) {
  return { ...(request.line ? { line: null } : {}), revision: request.revision + 1, since: at, claim: null, reminded: false, overdue: false };
}

/** Before and after of every field that differs. */
export function differences(before: Record<string, string>, after: Record<string, string>): NonNullable<RequestEvent['changes']> {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...keys].filter((key) => (before[key] ?? '') !== (after[key] ?? ''));
  return Object.fromEntries(changed.map((key) => [key, [before[key] ?? '', after[key] ?? '']]));
}
