// 商户编号 (15 digits): typed or drawn from a counter; reserved for one request, never reused.
import { eq, sql } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { prepared } from './prepared.ts';
import { merchantCounter, reservedNumber } from './schema.ts';

/** Reserves a number for a request, giving up the one it held before. False when another request or merchant has it. One statement (numbers.sql). */
export async function reserve(tx: Tx, merchantNo: string, requestNo: string): Promise<boolean> {
  const [row] = await tx.execute<{ ours: boolean }>(sql`select reserve_number(${merchantNo}, ${requestNo}) as ours`);
  return row?.ours === true;
}

/** Frees the number of a draft that is given up, unless it was submitted. */
export async function release(tx: Tx, requestNo: string): Promise<void> {
  await tx.execute(sql`select release_number(${requestNo})`);
}

/** Number of the request that holds a merchant number, or null. */
export async function reservation(db: Reader, merchantNo: string): Promise<string | null> {
  return (await holderOf(db, { merchantNo }))[0]?.requestNo ?? null;
}
const holderOf = prepared((db) =>
  db
    .select({ requestNo: reservedNumber.requestNo })
    .from(reservedNumber)
    .where(eq(reservedNumber.merchantNo, sql.placeholder('merchantNo')))
    .prepare('reservation'),
);

export async function reservedFor(db: Reader, requestNo: string): Promise<string | null> {
  const [row] = await db.select({ merchantNo: reservedNumber.merchantNo }).from(reservedNumber).where(eq(reservedNumber.requestNo, requestNo));
  return row?.merchantNo ?? null;
}

/** 自动生成: the next free number of a prefix (acquirer 3 + area 4 + MCC 4), reserved; null when the prefix has reached 9999. */
export async function drawNumber(tx: Tx, prefix: string, requestNo: string): Promise<string | null> {
  for (;;) {
    const next = { last: sql`${merchantCounter.last} + 1` };
    const within = sql`${merchantCounter.last} < 9999`;
    const [row] = await tx
      .insert(merchantCounter)
      .values({ prefix, last: 1 })
      .onConflictDoUpdate({ target: merchantCounter.prefix, set: next, setWhere: within })
      .returning({ last: merchantCounter.last });
    if (!row) return null;
    const merchantNo = `${prefix}${String(row.last).padStart(4, '0')}`;
    if (await reserve(tx, merchantNo, requestNo)) return merchantNo;
  }
}
