// What a request's page knows, and the opened request as the inbox shows it beside its list.
import { attachmentsOf } from '../../db/attachments.ts';
import { type Db, together } from '../../db/connect.ts';
import { readNotices } from '../../db/notifications.ts';
import { preferencesOf } from '../../db/preferences.ts';
import { codeNames } from '../../db/reference.ts';
import { findRequest, type RequestRow, requestEvents } from '../../db/requests.ts';
import { lastSeen } from '../../db/seen.ts';
import { type TwinRequest, twinRequests } from '../../db/twins.ts';
import { members } from '../../db/users.ts';
import { isAbout } from '../../workflows/rules/access.ts';
import { kinds } from '../../workflows/rules/kinds.ts';
import { type Actor, involvedIn, type Request, type RequestEvent, waitsFor } from '../../workflows/rules/request.ts';
import { twinKeys } from '../../workflows/rules/twins.ts';
import { asksCode, signInPolicy } from '../auth/policy.ts';
import { forbidden, notFound, param, query, type SignedInCtx } from '../http.ts';
import { codeNamesOf } from '../people/names.ts';
import type { Hole, Raw } from '../ui/html.ts';
import { outcomeOf } from './commands.ts';
import { consequenceOf } from './consequence.ts';
import { answerNotice, type Extra, type Known, sheet } from './views.ts';

/** Who may see a request: who made or decided it, who reviews its kind, who waits for it, and auditors. */
export function maySee(request: Request, user: Actor): boolean {
  const { reviewRight } = kinds[request.kind];
  return (
    involvedIn(request).includes(user.code) ||
    user.rights.includes('auditLog') ||
    user.rights.includes(reviewRight) ||
    user.groups.includes(waitsFor(request) ?? '-')
  );
}

/** Everything the page of a request shows; looking at it reads its notices. */
export async function known(ctx: SignedInCtx, requestNo = param(ctx, 'no')): Promise<Known> {
  const found = await findWithEvents(ctx.db, requestNo);
  if (!found) throw notFound();
  return knownOf(ctx, found);
}

interface Found {
  row: RequestRow;
  events: RequestEvent[];
}
/** A request's row and, by the same way, its timeline. */
export async function findWithEvents(db: Db, requestNo: string): Promise<Found | null> {
  const [row, events] = await together(db, (line) => Promise.all([findRequest(line, requestNo), requestEvents(line, requestNo)]));
  return row && { row, events };
}

/** The request's row, for somebody who may see it. */
export async function visible(ctx: SignedInCtx, requestNo = param(ctx, 'no')): Promise<RequestRow> {
  const row = await findRequest(ctx.db, requestNo);
  if (!row) throw notFound();
  if (!maySee(row.whole, ctx.user)) throw forbidden();
  return row;
}

/** What a request's page shows that does not depend on where the request stands. */
export async function besides({ db, user }: Pick<SignedInCtx, 'db' | 'user'>, requestNo: string, { areaCode = '', mcc = '' }: Request['data']) {
  const [attachments, seen, names, { phrases }] = await Promise.all([
    attachmentsOf(db, requestNo),
    lastSeen(db, requestNo, user.code),
    codeNames(db, areaCode, mcc),
    preferencesOf(db, user.code),
  ]);
  return { attachments, seen, names, phrases };
}

/** What was looked up before the request's row was there. */
export interface Ahead {
  beside?: Awaited<ReturnType<typeof besides>> | null;
  /** Group and members of the first level, and what looks like it, as the check of the form has read them. */
  group?: string | undefined;
  people?: Known['deciders'];
  twins?: TwinRequest[];
}
/** The same of what was read just now; what is only looked up in advance (`reads` false) reads no notices. */
export async function knownOf(
  ctx: SignedInCtx,
  { row, events }: Found,
  reads = true,
  { beside, group: first, people: known, twins }: Ahead = {},
): Promise<Known> {
  const { user } = ctx;
  const { requestNo } = row;
  if (!maySee(row.whole, user)) throw forbidden();
  const group = waitsFor(row.whole);
  const membersOf = (db: Db) => (group === null ? [] : known && group === first ? known : members(db, group));
  const reading = together(ctx.db, (db) =>
    Promise.all([
      membersOf(db),
      consequenceOf({ ...ctx, db }, row.whole),
      beside ?? besides({ db, user }, requestNo, row.whole.data),
      twins ?? twinRequests(db, requestNo, row.merchantNo, twinKeys(row.whole)),
    ]),
  );
  const [[people, consequence, rest, similar], codes, policy] = await Promise.all([
    reading,
    codeNamesOf(ctx),
    signInPolicy(ctx.db),
    reads && readNotices(ctx.db, user.code, requestNo),
  ]);
  const deciders = people.filter((one) => !isAbout(row.whole.data, one.code));
  return { request: row.whole, events, deciders, twins: similar, consequence, codes, asksCode: asksCode(policy, row.whole), now: Date.now(), ...rest };
}

/** A request beside the list of the inbox. */
export interface Opened {
  requestNo: string;
  html: Raw;
}

/** The opened request; `from` are the filters of the list it stands beside, so that a decision can go on with the next one. */
export async function opened(ctx: SignedInCtx, from: string): Promise<Opened> {
  const shown = await known(ctx);
  const commandId = query(ctx, 'did') === '' ? query(ctx, 'command', 100) : '';
  return openedAs(ctx, shown, { ...plain, from, notice: commandId ? await told(ctx, shown.request.requestNo, commandId) : null });
}

export function openedAs(ctx: SignedInCtx, shown: Known, extra: Extra): Opened {
  return { requestNo: shown.request.requestNo, html: sheet(ctx, shown, extra) };
}

/** What came of a command, for somebody who has just given it. */
export async function told(ctx: SignedInCtx, requestNo: string, commandId: string): Promise<Hole> {
  const outcome = await outcomeOf(ctx, requestNo, commandId);
  return answerNotice(ctx.text, outcome ? { kind: 'outcome', outcome } : { kind: 'recorded' });
}

export const plain: Extra = { notice: null, fault: null, reason: '', line: null, comment: '', plain: false, from: null };
