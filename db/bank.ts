// 银行流水: lines of statements, which request each serves, and what is owed to the outside.
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import type { Db, Reader, Tx } from './connect.ts';
import { containing } from './like.ts';
import { bankAccount, bankLine, bankLineUse, payable } from './schema.ts';

export type BankLineRow = typeof bankLine.$inferSelect;
export type LineState = 'open' | 'reserved' | 'used';

export async function findLine(db: Reader, id: number): Promise<(BankLineRow & { use: typeof bankLineUse.$inferSelect | null }) | null> {
  const [row] = await db
    .select({ line: bankLine, use: bankLineUse })
    .from(bankLine)
    .leftJoin(bankLineUse, eq(bankLineUse.lineId, bankLine.id))
    .where(eq(bankLine.id, id));
  return row ? { ...row.line, use: row.use } : null;
}

/** The line that serves a request, or null. */
export async function lineOf(db: Reader, requestNo: string): Promise<BankLineRow | null> {
  const [row] = await db
    .select({ line: bankLine })
    .from(bankLineUse)
    .innerJoin(bankLine, eq(bankLine.id, bankLineUse.lineId))
    .where(eq(bankLineUse.requestNo, requestNo));
  return row?.line ?? null;
}

/** Keeps an inbound line for a request, or marks it as used by it; false when another request has it. The primary key decides between two at once. */
export async function keepLine(tx: Tx, lineId: number, requestNo: string, state: 'reserved' | 'used', at: Date): Promise<boolean> {
  await tx.delete(bankLineUse).where(and(eq(bankLineUse.requestNo, requestNo), sql`${bankLineUse.lineId} <> ${lineId}`));
  const rows = await tx
    .insert(bankLineUse)
    .values({ lineId, requestNo, state, at })
    .onConflictDoUpdate({ target: bankLineUse.lineId, set: { state, at }, setWhere: eq(bankLineUse.requestNo, requestNo) })
    .returning({ id: bankLineUse.lineId });
  return rows.length === 1;
}

/** The request needs its line no longer: it waits as 待确认来账 again. */
export async function freeLine(tx: Tx, requestNo: string): Promise<void> {
  await tx.delete(bankLineUse).where(eq(bankLineUse.requestNo, requestNo));
}

/** Inbound lines of exactly this amount that serve nothing yet, or serve this request; newest first. */
export async function openLinesOf(db: Db, amountFen: number, requestNo: string): Promise<BankLineRow[]> {
  return db
    .select({ line: bankLine })
    .from(bankLine)
    .leftJoin(bankLineUse, eq(bankLineUse.lineId, bankLine.id))
    .where(
      and(eq(bankLine.direction, 'in'), eq(bankLine.amountFen, amountFen), sql`(${bankLineUse.requestNo} is null or ${bankLineUse.requestNo} = ${requestNo})`),
    )
    .orderBy(desc(bankLine.bookedOn), desc(bankLine.id))
    .limit(50)
    .then((rows) => rows.map((row) => row.line));
}

export interface LineFilter {
  state?: LineState | '';
  direction?: 'in' | 'out' | '';
  q?: string;
  amountFen?: number | null;
  /** Keyset: lines older than this id. */
  before?: number;
}

export interface ListedLine extends BankLineRow {
  state: LineState;
  requestNo: string | null;
}

export async function bankLines(db: Reader, filter: LineFilter, limit: number): Promise<ListedLine[]> {
  const where = [filter.before ? sql`${bankLine.id} < ${filter.before}` : undefined];
  if (filter.direction) where.push(eq(bankLine.direction, filter.direction));
  if (filter.amountFen) where.push(eq(bankLine.amountFen, filter.amountFen));
  if (filter.q) {
    const part = containing(filter.q);
    where.push(
      sql`(${bankLine.partyName} ilike ${part} or ${bankLine.partyAccountNo} = ${filter.q} or ${bankLine.note} ilike ${part} or ${bankLine.serialNo} like ${part})`,
    );
  }
  if (filter.state === 'open') where.push(isNull(bankLineUse.lineId));
  else if (filter.state) where.push(eq(bankLineUse.state, filter.state));
  const rows = await db
    .select({ line: bankLine, use: bankLineUse })
    .from(bankLine)
    .leftJoin(bankLineUse, eq(bankLineUse.lineId, bankLine.id))
    .where(and(...where))
    .orderBy(desc(bankLine.id))
    .limit(limit);
  return rows.map(({ line, use }) => ({ ...line, state: use?.state ?? 'open', requestNo: use?.requestNo ?? null }));
}

export const bankAccounts = (db: Reader) => db.select().from(bankAccount).orderBy(bankAccount.accountNo);

/** What is owed from now on, until a statement shows that it was paid. */
export async function owe(tx: Tx, row: Omit<typeof payable.$inferInsert, 'paidAt' | 'lineId'>): Promise<void> {
  await tx.insert(payable).values(row).onConflictDoNothing();
}

export async function payableOf(db: Reader, requestNo: string): Promise<typeof payable.$inferSelect | null> {
  const [row] = await db.select().from(payable).where(eq(payable.requestNo, requestNo));
  return row ?? null;
}

const sumOf = (rows: readonly { fen: string }[]) => rows.reduce((sum, row) => sum + Number(row.fen), 0);

/** What a statement shows as paid: each payable meets one outbound line of its amount and account, oldest with oldest. Answers their sum in fen. */
export async function settlePayables(tx: postgres.TransactionSql, statementId: number, at: Date): Promise<number> {
  const settled = await tx<{ fen: string }[]>`
    with line as (select id, amount_fen, party_account_no, booked_on, row_number() over (partition by amount_fen, party_account_no order by id) as nth
        from bank_line where statement_id = ${statementId} and direction = 'out' and not exists (select 1 from payable q where q.line_id = bank_line.id)),
      owed as (select request_no, amount_fen, party_account_no, to_char(owed_at at time zone 'Asia/Shanghai', 'YYYYMMDD') as owed_on, row_number() over (partition by amount_fen, party_account_no order by owed_at) as nth from payable where paid_at is null)
    update payable p set paid_at = ${at.toISOString()}, line_id = line.id from line join owed using (amount_fen, party_account_no, nth)
    where p.request_no = owed.request_no and p.paid_at is null and line.booked_on >= owed.owed_on returning p.amount_fen as fen`;
  return sumOf(settled);
}

/** 退票: payments that the bank gave back are owed again, and their lines serve nothing else. Answers their sum in fen. */
export async function bouncePayables(tx: postgres.TransactionSql, statementId: number, at: Date): Promise<number> {
  const bounced = await tx<{ fen: string; line: string; no: string }[]>`
    with line as (select id, amount_fen, party_account_no, row_number() over (partition by amount_fen, party_account_no order by id) as nth
        from bank_line where statement_id = ${statementId} and direction = 'in' and note ~ '退票|退汇'),
      paid as (select request_no, amount_fen, party_account_no, row_number() over (partition by amount_fen, party_account_no order by paid_at desc) as nth from payable where paid_at is not null)
    update payable p set paid_at = null, line_id = null from line join paid using (amount_fen, party_account_no, nth)
    where p.request_no = paid.request_no and p.paid_at is not null returning p.amount_fen as fen, line.id as line, p.request_no as no`;
  for (const { line, no } of bounced)
    await tx`insert into bank_line_use (line_id, request_no, state, at) values (${line}, ${`${no}/${line}`}, 'used', ${at.toISOString()})`;
  return sumOf(bounced);
}
