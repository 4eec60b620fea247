// 交易查询: what terminals did, as the tables of 联机业务 tell it. Reads only.
import { and, asc, desc, eq, gte, inArray, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import { businessDate } from '../workflows/rules/time.ts';
import type { Reader } from './connect.ts';
import { merchant, terminalMessage, terminalTxn, turnover } from './schema.ts';

export type TransactionRow = typeof terminalTxn.$inferSelect;
export type MessageRow = typeof terminalMessage.$inferSelect;

export interface TransactionFilter {
  /** Merchant, terminal or system number, or a merchant's name. */
  q?: string;
  merchantNo?: string;
  type?: string;
  /** A response code, `approved` or `declined`. */
  code?: string;
  state?: string;
  /** Business dates `yyyymmdd`. */
  from?: string;
  until?: string;
  /** Fen. */
  amountFen?: number;
  /** Keyset: before this system number. */
  before?: number;
}

function conditions(filter: TransactionFilter): SQL | undefined {
  const where: (SQL | undefined)[] = [];
  const { q = '' } = filter;
  if (/^\d{15}$/.test(q)) where.push(eq(terminalTxn.merchantNo, q));
  else if (/^\d{8}$/.test(q)) where.push(eq(terminalTxn.terminalNo, q));
  else if (/^\d{12}$/.test(q)) where.push(eq(terminalTxn.id, Number(q)));
  else if (q)
    where.push(
      inArray(
        terminalTxn.merchantNo,
        sql`(select merchant_no::text from ${merchant} where position(${q} in name) > 0 or position(${q} in merchant_no::text) > 0)`,
      ),
    );
  if (filter.merchantNo) where.push(eq(terminalTxn.merchantNo, filter.merchantNo));
  if (filter.type) where.push(sql`${terminalTxn.type} = ${filter.type}`);
  if (filter.code === 'approved') where.push(eq(terminalTxn.code, '00'));
  else if (filter.code === 'declined') where.push(sql`${terminalTxn.code} <> '00'`);
  else if (filter.code) where.push(eq(terminalTxn.code, filter.code));
  if (filter.state) where.push(sql`${terminalTxn.state} = ${filter.state}`);
  if (filter.from) where.push(gte(terminalTxn.businessDate, filter.from));
  if (filter.until) where.push(lte(terminalTxn.businessDate, filter.until));
  if (filter.amountFen !== undefined) where.push(eq(terminalTxn.amountFen, filter.amountFen));
  if (filter.before !== undefined) where.push(lt(terminalTxn.id, filter.before));
  return and(...where);
}

/** The latest first, with the merchants' names. */
export async function transactions(db: Reader, filter: TransactionFilter, limit: number): Promise<(TransactionRow & { merchantName: string | null })[]> {
  const rows = await db.select().from(terminalTxn).where(conditions(filter)).orderBy(desc(terminalTxn.id)).limit(limit);
  const names = await namesOf(
    db,
    rows.map((row) => row.merchantNo),
  );
  return rows.map((row) => ({ ...row, merchantName: names.get(row.merchantNo) ?? null }));
}

async function namesOf(db: Reader, merchantNos: readonly string[]): Promise<Map<string, string>> {
  if (merchantNos.length === 0) return new Map();
  const rows = await db
    .select({ no: merchant.merchantNo, name: merchant.name })
    .from(merchant)
    .where(inArray(merchant.merchantNo, [...new Set(merchantNos)]));
  return new Map(rows.map(({ no, name }) => [no, name]));
}

export async function findTransaction(db: Reader, id: number): Promise<TransactionRow | null> {
  const [row] = await db.select().from(terminalTxn).where(eq(terminalTxn.id, id));
  return row ?? null;
}

/** Its original, and what was done to it. */
export const relatedTo = (db: Reader, row: TransactionRow): Promise<TransactionRow[]> =>
  db
    .select()
    .from(terminalTxn)
    .where(or(eq(terminalTxn.originalId, row.id), row.originalId === null ? undefined : eq(terminalTxn.id, row.originalId)))
    .orderBy(asc(terminalTxn.id))
    .limit(50);

/** What else came under its number: repetitions and refusals. */
export const messagesUnder = (db: Reader, { terminalNo, batchNo, traceNo }: TransactionRow): Promise<MessageRow[]> =>
  db
    .select()
    .from(terminalMessage)
    .where(and(eq(terminalMessage.terminalNo, terminalNo), eq(terminalMessage.batchNo, batchNo), eq(terminalMessage.traceNo, traceNo)))
    .orderBy(asc(terminalMessage.id))
    .limit(50);

export interface Activity {
  seenAt: Date;
  /** Approved purchases of today, less what was voided or reversed. */
  count: number;
  fen: number;
}

/** When terminals were last heard of, and what they took today. */
export async function activityOf(db: Reader, terminalNos: readonly string[]): Promise<Map<string, Activity>> {
  if (terminalNos.length === 0) return new Map();
  const rows = await db
    .select()
    .from(turnover)
    .where(
      inArray(
        turnover.owner,
        terminalNos.map((no) => `T${no}`),
      ),
    );
  const today = businessDate(Date.now());
  return new Map(
    rows.map((row) => [row.owner.slice(1), { seenAt: row.seenAt, count: row.day === today ? row.dayCount : 0, fen: row.day === today ? row.dayFen : 0 }]),
  );
}

export interface Hour {
  hour: number;
  count: number;
  /** Net consumption, fen. */
  fen: number;
  declined: number;
}

/** A merchant's day by the hour, in Shanghai; hours without transactions are left out. */
export async function hoursOf(db: Reader, merchantNo: string, day: string): Promise<Hour[]> {
  const rows = await db.execute<{ hour: number; count: number; fen: string; declined: number }>(sql`
    select extract(hour from at at time zone 'Asia/Shanghai')::int as hour, count(*) filter (where net_fen <> 0)::int as count, sum(net_fen) as fen, count(*) filter (where code <> '00')::int as declined
    from ${terminalTxn} where merchant_no = ${merchantNo} and business_date = ${day} group by 1 order by 1`);
  return rows.map((row) => ({ ...row, fen: Number(row.fen) }));
}
