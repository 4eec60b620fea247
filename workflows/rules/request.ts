// A request: what is asked, by whom, how far it has come, and everything that happened to it.
import type { Calendar } from './calendar.ts';
import type { Kind } from './kinds.ts';
import type { Refusal } from './refusals.ts';

export interface Person {
  code: string;
  name: string;
}
/** Who acts, with groups and rights as they were at that moment. */
export interface Actor extends Person {
  groups: readonly string[];
  rights: readonly string[];
}

export const openStates = ['submitted', 'returned', 'approved', 'failed'] as const;
export const finalStates = ['effective', 'rejected', 'withdrawn', 'expired', 'abandoned'] as const;
export type RequestState = (typeof openStates)[number] | (typeof finalStates)[number];
export const isFinal = (state: string): boolean => (finalStates as readonly string[]).includes(state);

/** Who decides at a level: members of this group. */
export interface Level {
  group: string;
}
/** The approval plan, computed at each submission from policy data and kept; spans in ms. */
export interface Plan {
  levels: Level[];
  remindMs: number;
  escalateMs: number;
  expireMs: number;
  returnedExpireMs: number;
  claimMs: number;
  /** Whoever may import bank statements may not review top-ups. */
  importApart?: boolean;
  /** Exceptions of the working calendar around the submission; spans other than the claim's are working time. */
  calendar?: Calendar;
}

export type EventType =
  | 'submitted'
  | 'submissionRefused'
  | 'approved'
  | 'returned'
  | 'rejected'
  | 'amended'
  | 'withdrawn'
  | 'claimed'
  | 'released'
  | 'handedOver'
  | 'commented'
  | 'urged'
  | 'retried'
  | 'abandoned'
  | 'effective'
  | 'effectRefused'
  | 'failed'
  | 'reminded'
  | 'escalated'
  | 'expired'
  | 'refused';

export interface RequestEvent {
  seq: number;
  /** Epoch ms. */
  at: number;
  type: EventType;
  /** Null when the clock or the system acted. */
  by: Person | null;
  level: number;
  revision: number;
  reason?: string;
  to?: Person;
  /** Of a refused command: what was tried, why it was refused, and how many older refusals are only counted. */
  tried?: string;
  refusal?: Refusal;
  /** Before and after of every field that an amendment changed. */
  changes?: Record<string, [string, string]>;
  commandId?: string;
}

/** What came of one command. */
export interface Outcome {
  commandId: string;
  accepted: boolean;
  refusal?: Refusal;
  state: RequestState;
  level: number;
  revision: number;
}

export interface Content {
  /** Reasons with which the maker confirmed warnings, by warning. */
  reasons?: Record<string, string>;
  data: Record<string, string>;
  title: string;
  merchantNo: string;
  amountFen: number | null;
}

export interface Submission extends Content {
  requestNo: string;
  kind: Kind;
  actor: Actor;
  /** Reasons with which the maker confirmed warnings, by warning. */
  reasons: Record<string, string>;
  /** A request that goes on in a new run of its workflow, because its history had grown long. */
  resumed?: { request: Request; outcomes: Outcome[] };
}

/** The bank line that an approval named; `override`: its payer is another than the account holder, and the reviewer said why. */
export interface NamedLine {
  id: number;
  override: boolean;
}

export interface Request extends Content {
  requestNo: string;
  kind: Kind;
  state: RequestState;
  /** Number of the last event: grows with everything that happens. */
  version: number;
  /** Grows when what a reviewer decides about changes: submission, level, return. A decision names the revision it saw. */
  revision: number;
  /** Revision of the last (re)submission; a decision about an older one is stale. */
  submittedRevision: number;
  /** How often it was handed in: 1, and one more for each amendment. */
  submissions: number;
  maker: Person;
  /** Codes of all who submitted or amended. */
  contributors: string[];
  reasons: Record<string, string>;
  plan: Plan | null;
  /** 1-based. */
  level: number;
  approvals: { level: number; by: Person; at: number }[];
  claim: { by: Person; until: number } | null;
  submittedAt: number;
  /** Since when the present state and level stand; every span of the plan counts from here. */
  since: number;
  reminded: boolean;
  overdue: boolean;
  urgedAt: number | null;
  /** 银行流水 of a top-up, from the first level's approval on. */
  line?: NamedLine | null;
  events: RequestEvent[];
  refusedCount: number;
}

export const KEPT_REFUSALS = 50;

/** 提交: a fresh request as its maker hands it in. */
export function submitted(submission: Submission, at: number): Request {
  const maker: Person = { code: submission.actor.code, name: submission.actor.name };
  const { data, title, merchantNo, amountFen, requestNo, kind, reasons } = submission;
  const fresh: Request = {
    requestNo,
    kind,
    data,
    title,
    merchantNo,
    amountFen,
    reasons,
    maker,
    state: 'submitted',
    version: 0,
    revision: 1,
    submittedRevision: 1,
    submissions: 1,
    contributors: [maker.code],
    plan: null,
    level: 1,
    approvals: [],
    claim: null,
    submittedAt: at,
    since: at,
    reminded: false,
    overdue: false,
    urgedAt: null,
    events: [],
    refusedCount: 0,
  };
  return happened(fresh, { type: 'submitted', by: maker, at });
}

export type Happening = Omit<RequestEvent, 'seq' | 'level' | 'revision'>;

/** The request with one more event; of refusals only the latest are kept whole, so that a flood of signals cannot swell it. */
export function happened(request: Request, happening: Happening): Request {
  const event: RequestEvent = { ...happening, seq: request.version + 1, level: request.level, revision: request.revision };
  const refusedCount = request.refusedCount + (event.type === 'refused' ? 1 : 0);
  let events = [...request.events, event];
  if (event.type === 'refused' && events.filter((e) => e.type === 'refused').length > KEPT_REFUSALS) {
    const oldest = events.findIndex((e) => e.type === 'refused');
    events = events.toSpliced(oldest, 1);
  }
  return { ...request, version: event.seq, refusedCount, events };
}

/** The plan that the first activity computed, laid on the request. */
export function planned(request: Request, plan: Plan): Request {
  return { ...request, plan };
}

/** A submission or an effect that a rule refused: back to the maker, or back to the last level. */
export function turnedBack(request: Request, at: number, refusal: Refusal): Request {
  if (request.state === 'approved') {
    // Another bank line can only be named at the first level.
    return levelRefused(request, aboutLine.includes(refusal) ? 1 : request.level, at, refusal);
  }
  return happened(
    { ...request, state: 'returned', revision: request.revision + 1, since: at, claim: null },
    { type: 'submissionRefused', by: null, at, refusal },
  );
}

const aboutLine: readonly Refusal[] = ['line_missing', 'line_unknown', 'line_taken', 'amount_differs', 'payer_differs'];

/** The approval of a level that could not be kept, because the line it named is another's meanwhile: back to that level. */
export const approvalRefused = (request: Request, at: number, refusal: Refusal): Request =>
  levelRefused(request, aboutLine.includes(refusal) ? 1 : Math.max(1, request.level - 1), at, refusal);

function levelRefused(request: Request, level: number, at: number, refusal: Refusal): Request {
  const state = 'submitted' as const;
  const back = { ...request, state, level, revision: request.revision + 1, since: at, claim: null, reminded: false, overdue: false };
  const approvals = request.approvals.filter((approval) => approval.level < level);
  const commandId = request.events.findLast((event) => event.type === 'approved')?.commandId;
  const happening: Happening = { type: 'effectRefused', by: null, at, refusal, ...(commandId ? { commandId } : {}) };
  return happened({ ...back, approvals, ...(level === 1 && request.line ? { line: null } : {}) }, happening);
}

export function effective(request: Request, at: number): Request {
  return happened({ ...request, state: 'effective', since: at, claim: null }, { type: 'effective', by: null, at });
}

/** Weather that outlasted its retries, or a fault of ours: waits for 重试 or 放弃. */
export function failed(request: Request, at: number, reason: string): Request {
  return happened({ ...request, state: 'failed', since: at, claim: null }, { type: 'failed', by: null, at, reason: reason.slice(0, 200) });
}

/** Codes of all who submitted, amended or approved it, each once. */
export function involvedIn(request: Request): string[] {
  return [...new Set([...request.contributors, ...request.approvals.map((approval) => approval.by.code)])];
}

/** The group whose members may act now, or null when nobody needs to. */
export function waitsFor(request: Request): string | null {
  if (request.state !== 'submitted' && request.state !== 'failed') return null;
  return request.plan?.levels[request.level - 1]?.group ?? null;
}
