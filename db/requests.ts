// Projections of requests. Temporal is their truth; these rows make it quick to list, and `npm run rebuild` makes them anew.
import { and, asc, desc, eq, getTableColumns, inArray, ne, sql } from 'drizzle-orm';
import { dueAt } from '../workflows/rules/clock.ts';
import { readFen } from '../workflows/rules/money.ts';
import { involvedIn, type Outcome, openStates, type Request, type RequestEvent, type RequestState, waitsFor } from '../workflows/rules/request.ts';
import { auditing } from './audit.ts';
import type { Reader, Tx } from './connect.ts';
import { accepting } from './drafts.ts';
import { containing } from './like.ts';
import { notifying } from './notifications.ts';
import { announcing } from './outbox.ts';
import { prepared } from './prepared.ts';
import { type EffectAnswer, request, requestDecision, requestEffect, requestEvent } from './schema.ts';
import { forgetKeys, keeping } from './twins.ts';

export type RequestRow = typeof request.$inferSelect;

/** The row that projects a request. `whole` leaves out the events, which have a table of their own. */
export function projection(from: Request): typeof request.$inferInsert {
  const due = dueAt(from);
  return {
    requestNo: from.requestNo,
    kind: from.kind,
    state: from.state,
    version: from.version,
    revision: from.revision,
    submissions: from.submissions,
    title: from.title,
    merchantNo: from.merchantNo,
    amountFen: from.amountFen,
    makerCode: from.maker.code,
    makerName: from.maker.name,
    level: from.level,
    levels: from.plan?.levels.length ?? 1,
    waitsFor: waitsFor(from),
    claimedBy: from.claim?.by.code ?? null,
    claimedUntil: from.claim ? new Date(from.claim.until) : null,
    involved: involvedIn(from),
    overdue: from.overdue,
    submittedAt: new Date(from.submittedAt),
    dueAt: due === null ? null : new Date(due),
    updatedAt: new Date(from.events.at(-1)?.at ?? from.since),
    whole: { ...from, events: [] },
  };
}

/**
 * Writes the request as it is now, unless a newer version is there already; its new events go to the timeline and the audit log. A step that is
 * repeated after a crash tells the same story with a later time, which then stands: what the workflow remembers is the truth. With `accept` the draft of it
 * is handed in, and may only be amended from then on.
 */
export async function saveRequest(tx: Tx, from: Request, accept = false): Promise<void> {
  const row = projection(from);
  const events = JSON.stringify(from.events);
  const { heard, tell } = announcing(from, row.waitsFor ?? null, sql`select waits_for from request where request_no = ${from.requestNo}`);
  const decisions = JSON.stringify(from.events.filter((event) => event.by && ['approved', 'returned', 'rejected'].includes(event.type)));
  // One statement for all that every step writes: it is half of what a step costs.
  await tx.execute(sql`
    with row as (
      insert into request (${columnList}) select ${columnList} from jsonb_populate_record(null::request, ${JSON.stringify(named(row))}::jsonb)
      on conflict (request_no) do update set (${columnList}) = row(${excludedList}) where request.version <= excluded.version
    ), told as (
      insert into request_event (request_no, seq, at, event)
      select ${from.requestNo}, (e->>'seq')::int, ${moment}, e from jsonb_array_elements(${events}::jsonb) e
      on conflict (request_no, seq) do update set at = excluded.at, event = excluded.event
    ), heard as (${heard}), decided as (
    insert into request_decision (request_no, user_code, at)
    select ${from.requestNo}, e->'by'->>'code', max(${moment}) from jsonb_array_elements(${decisions}::jsonb) e group by 1, 2
    on conflict (request_no, user_code) do update set at = excluded.at
    ), audited as (${auditing(from.requestNo, from.events)}), notified as (${notifying(from)}), kept as (${keeping(from)})${accept ? sql`, accepted as (${accepting(from.requestNo)})` : sql``} ${tell}`);
}

const columns = Object.entries(getTableColumns(request));
const columnList = sql.raw(columns.map(([, column]) => column.name).join(', '));
const excludedList = sql.raw(columns.map(([, column]) => `excluded.${column.name}`).join(', '));
const moment = sql.raw(`to_timestamp((e->>'at')::float8 / 1000)`);

/** A row under the names of its columns. */
function named(row: typeof request.$inferInsert): Record<string, unknown> {
  return Object.fromEntries(columns.map(([key, column]) => [column.name, row[key as keyof typeof row]]));
}

/** For the rebuild: puts a row in place whatever stood there. */
export async function replaceRequest(tx: Tx, from: Request): Promise<void> {
  await tx.delete(request).where(eq(request.requestNo, from.requestNo));
  const seqs = from.events.map((event) => event.seq);
  const foreign = sql`${requestEvent.requestNo} = ${from.requestNo} and (${requestEvent.seq} in ${[...seqs, -1]} or ${requestEvent.seq} > ${from.version})`;
  await tx.delete(requestEvent).where(foreign);
  await tx.delete(requestDecision).where(eq(requestDecision.requestNo, from.requestNo));
  await forgetKeys(tx, from.requestNo);
  await saveRequest(tx, from);
}

/** The step of a request that ended without effect. */
export const ENDED = 'ended';

/**
 * Claims the step with its answer: null when it is new and claimed now. When an earlier try was committed, nothing is written and that one's answer comes
 * back. `ended`: the request had ended before, and what it held is given back; then nothing is claimed.
 */
export async function recordEffect(tx: Tx, requestNo: string, step: string, answer: EffectAnswer): Promise<EffectAnswer | 'ended' | null> {
  const claimed =
    await tx.execute(sql`insert into request_effect (request_no, step, answer, at) select ${requestNo}, ${step}, ${JSON.stringify(answer)}::jsonb, now()
    where not exists (select 1 from request_effect where request_no = ${requestNo} and step = ${ENDED} and step <> ${step})
    on conflict do nothing returning step`);
  if (claimed.length === 1) return null;
  const [row] = await tx
    .select({ answer: requestEffect.answer })
    .from(requestEffect)
    .where(and(eq(requestEffect.requestNo, requestNo), eq(requestEffect.step, step)));
  return row?.answer ?? 'ended';
}

const ofNumber = prepared((db) =>
  db
    .select()
    .from(request)
    .where(eq(request.requestNo, sql.placeholder('requestNo')))
    .prepare('request'),
);
export async function findRequest(db: Reader, requestNo: string): Promise<RequestRow | null> {
  return (await ofNumber(db, { requestNo }))[0] ?? null;
}

const eventsOf = prepared((db) =>
  db
    .select({ event: requestEvent.event })
    .from(requestEvent)
    .where(eq(requestEvent.requestNo, sql.placeholder('requestNo')))
    .orderBy(asc(requestEvent.seq))
    .prepare('events'),
);
export async function requestEvents(db: Reader, requestNo: string): Promise<RequestEvent[]> {
  return (await eventsOf(db, { requestNo })).map((row) => row.event);
}

const ofCommand = prepared((db) =>
  db
    .select({ event: requestEvent.event, state: request.state, level: request.level, revision: request.revision })
    .from(requestEvent)
    .innerJoin(request, eq(request.requestNo, requestEvent.requestNo))
    .where(and(eq(requestEvent.requestNo, sql.placeholder('requestNo')), sql`${requestEvent.event}->>'commandId' = ${sql.placeholder('commandId')}`))
    .orderBy(desc(requestEvent.seq))
    .limit(1)
    .prepare('outcome'),
);
/** What came of a command, as the rows of its step tell; null when they do not. */
export async function recordedOutcome(db: Reader, requestNo: string, commandId: string): Promise<Outcome | null> {
  const [row] = await ofCommand(db, { requestNo, commandId });
  if (!row) return null;
  const { event, state, level, revision } = row;
  return {
    commandId,
    accepted: event.type !== 'refused' && event.type !== 'effectRefused',
    ...(event.refusal ? { refusal: event.refusal } : {}),
    state: state as RequestState,
    level,
    revision,
  };
}

export async function requestsOfMerchant(db: Reader, merchantNo: string): Promise<RequestRow[]> {
  return db.select().from(request).where(eq(request.merchantNo, merchantNo)).orderBy(asc(request.submittedAt)).limit(200);
}

/** Requests of a merchant that are under way, other than this one. */
export async function openOf(db: Reader, merchantNo: string, except: string): Promise<RequestRow[]> {
  const open = and(eq(request.merchantNo, merchantNo), ne(request.requestNo, except), inArray(request.state, [...openStates]));
  return db.select().from(request).where(open).orderBy(asc(request.submittedAt)).limit(50);
}

/** One at a time computes what a merchant's top-ups of a day come to; held until the end of the transaction. */
export async function lockDay(tx: Tx, merchantNo: string, day: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${merchantNo}/${day}`}, 0))`);
}

/** Fen of the merchant's other top-ups that were last submitted on this business day and are open or effective. */
export async function toppedUpOn(tx: Reader, merchantNo: string, day: string, except: string): Promise<number> {
  const [row] = await tx.execute<{ fen: string }>(sql`select coalesce(sum(amount_fen), 0) as fen from request
    where merchant_no = ${merchantNo} and kind = 'topUp' and request_no <> ${except} and state in ('submitted', 'returned', 'approved', 'failed', 'effective')
      and to_char((select max(e.at) from request_event e where e.request_no = request.request_no and e.event->>'type' in ('submitted', 'amended')) at time zone 'Asia/Shanghai', 'YYYYMMDD') = ${day}`);
  return Number(row?.fen ?? 0);
}

/** Top-ups that are effective and not voided, newest first; `q` looks in number, merchant and amount. */
export async function topUpsEffective(db: Reader, q: string, limit: number): Promise<RequestRow[]> {
  const part = containing(q);
  const found =
    q === ''
      ? undefined
      : sql`(${request.requestNo} ilike ${part} or ${request.merchantNo} like ${part} or ${request.title} ilike ${part} or ${request.amountFen} = ${readFen(q) ?? -1})`;
  const standing = sql`not exists (select 1 from journal_entry e where e.reverses = ${request.requestNo})`;
  return db
    .select()
    .from(request)
    .where(and(eq(request.kind, 'topUp'), eq(request.state, 'effective'), standing, found))
    .orderBy(desc(request.submittedAt))
    .limit(limit);
}

/** 待审核记录: top-ups of a merchant that wait for a decision. */
export async function pendingTopUps(db: Reader, merchantNo: string): Promise<RequestRow[]> {
  const waiting = and(eq(request.kind, 'topUp'), eq(request.merchantNo, merchantNo), eq(request.state, 'submitted'));
  return db.select().from(request).where(waiting).orderBy(asc(request.submittedAt)).limit(200);
}

export async function allRequestNos(db: Reader): Promise<string[]> {
  const rows = await db.select({ requestNo: request.requestNo }).from(request);
  return rows.map((row) => row.requestNo);
}

/** Changes of one user, group or module (`user:clerk001`), the latest first. */
export async function accessRequests(db: Reader, subject: string, limit: number): Promise<RequestRow[]> {
  const about = sql`lower(${request.whole}->'data'->>'subject') = ${subject.toLowerCase()}`;
  return db
    .select()
    .from(request)
    .where(and(eq(request.kind, 'accessChange'), about))
    .orderBy(desc(request.submittedAt))
    .limit(limit);
}
