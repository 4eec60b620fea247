// Drafts of requests and their numbers: kind prefix + business date + sequence; a number is the workflow id and is never given twice.
import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { type Kind, kinds } from '../workflows/rules/kinds.ts';
import { businessDate } from '../workflows/rules/time.ts';
import type { Reader, Tx } from './connect.ts';
import { containing } from './like.ts';
import { prepared } from './prepared.ts';
import { request, requestCounter, requestDraft } from './schema.ts';

export type DraftRow = typeof requestDraft.$inferSelect;

/** 新增: a draft with its number, e.g. `MO20261123000042`. */
export async function makeDraft(tx: Tx, kind: Kind, makerCode: string, at: Date, data: Record<string, string> = {}): Promise<string> {
  const { prefix } = kinds[kind];
  const day = businessDate(at.getTime());
  const [row] = await tx
    .insert(requestCounter)
    .values({ prefix, businessDate: day, last: 1 })
    .onConflictDoUpdate({ target: [requestCounter.prefix, requestCounter.businessDate], set: { last: sql`${requestCounter.last} + 1` } })
    .returning({ last: requestCounter.last });
  if (!row || row.last > 999_999) throw new Error(`no number left for ${prefix}${day}`);
  const requestNo = `${prefix}${day}${String(row.last).padStart(6, '0')}`;
  await tx.insert(requestDraft).values({ requestNo, kind, makerCode, data, reasons: {}, createdAt: at, savedAt: at });
  return requestNo;
}

/** A draft of this maker that began in the same way and in which nothing was typed yet: 新增 opens it again instead of piling up numbers. */
export async function untouchedDraft(db: Reader, kind: Kind, makerCode: string, data: Record<string, string>): Promise<string | null> {
  const mine = and(eq(requestDraft.kind, kind), eq(requestDraft.makerCode, makerCode), isNull(requestDraft.acceptedAt), isNull(requestDraft.heldUntil));
  const [row] = await db
    .select({ no: requestDraft.requestNo })
    .from(requestDraft)
    .where(and(mine, eq(requestDraft.savedAt, requestDraft.createdAt), sql`${requestDraft.data} = ${JSON.stringify(data)}::jsonb`))
    .orderBy(desc(requestDraft.requestNo))
    .limit(1);
  return row?.no ?? null;
}

const ofNumber = prepared((db) =>
  db
    .select()
    .from(requestDraft)
    .where(eq(requestDraft.requestNo, sql.placeholder('requestNo')))
    .prepare('draft'),
);
export async function findDraft(db: Reader, requestNo: string): Promise<DraftRow | null> {
  return (await ofNumber(db, { requestNo }))[0] ?? null;
}

/** How long a submission that is under way keeps its draft as it is, ms; longer than Temporal may take to accept it. */
const HOLD_MS = 15_000;
const free = (now: Date): SQL => sql`(held_until is null or held_until < ${now.toISOString()})`;
export const isHeld = (draft: DraftRow, now: number) => draft.heldUntil !== null && draft.heldUntil.getTime() > now;

interface Typed {
  data: Record<string, string>;
  reasons: Record<string, string>;
}

/** Saves what is typed so far, and with `hold` keeps it from then on; false when the draft is gone, another's, or held by a submission under way. */
export async function saveDraft(tx: Tx, requestNo: string, makerCode: string, { data, reasons }: Typed, hold = false): Promise<boolean> {
  const now = new Date();
  const heldUntil = hold ? new Date(now.getTime() + HOLD_MS).toISOString() : null;
  const rows = await tx.execute(sql`update request_draft
    set data = ${JSON.stringify(data)}::jsonb, reasons = ${JSON.stringify(reasons)}::jsonb, saved_at = ${now.toISOString()}, held_until = ${heldUntil}
    where request_no = ${requestNo} and maker_code = ${makerCode} and ${free(now)} returning request_no`);
  return rows.length === 1;
}

/** The submission came to nothing, or has been answered: the draft may be written again. */
export async function letGo(tx: Tx, requestNo: string): Promise<void> {
  await tx.update(requestDraft).set({ heldUntil: null }).where(eq(requestDraft.requestNo, requestNo));
}

/** The draft, locked until the end of the transaction, so that nothing can be attached to it while it is being submitted. */
export async function lockDraft(tx: Tx, requestNo: string): Promise<DraftRow | null> {
  const [row] = await tx.select().from(requestDraft).where(eq(requestDraft.requestNo, requestNo)).for('update');
  return row ?? null;
}

/** Temporal has accepted the submission: from here on the draft is the form of an amendment only. */
export async function markAccepted(tx: Tx, requestNo: string): Promise<void> {
  await tx.execute(accepting(requestNo));
}

/** The same as a part of another statement. */
export const accepting = (requestNo: string): SQL =>
  sql`update request_draft set accepted_at = now(), held_until = null where request_no = ${requestNo} and accepted_at is null`;

export async function deleteDraft(tx: Tx, requestNo: string, makerCode: string): Promise<boolean> {
  const unsubmitted = and(eq(requestDraft.requestNo, requestNo), eq(requestDraft.makerCode, makerCode), isNull(requestDraft.acceptedAt), free(new Date()));
  const rows = await tx.delete(requestDraft).where(unsubmitted).returning({ no: requestDraft.requestNo });
  return rows.length === 1;
}

export interface OwnFilter {
  makerCode: string;
  kind: Kind;
  state?: string;
  q?: string;
  before?: string;
}

/** Drafts and requests of one maker, newest first: the list of 商户开户. `state` `draft` shows what was never submitted. */
export async function ownRequests(db: Reader, filter: OwnFilter, limit: number) {
  const where = [eq(requestDraft.makerCode, filter.makerCode), eq(requestDraft.kind, filter.kind)];
  if (filter.before) where.push(lt(requestDraft.requestNo, filter.before));
  if (filter.state === 'draft') where.push(isNull(request.requestNo), isNull(requestDraft.acceptedAt));
  else if (filter.state) where.push(eq(request.state, filter.state));
  if (filter.q) {
    const part = containing(filter.q);
    where.push(
      sql`(${requestDraft.requestNo} ilike ${part} or ${requestDraft.data}->>'merchantName' ilike ${part} or ${requestDraft.data}->>'merchantNo' like ${part} or ${request.title} ilike ${part})`,
    );
  }
  return db
    .select({
      draft: requestDraft,
      state: request.state,
      submittedAt: request.submittedAt,
      title: request.title,
      amountFen: request.amountFen,
      merchantNo: request.merchantNo,
    })
    .from(requestDraft)
    .leftJoin(request, eq(request.requestNo, requestDraft.requestNo))
    .where(and(...where))
    .orderBy(desc(requestDraft.requestNo))
    .limit(limit);
}
