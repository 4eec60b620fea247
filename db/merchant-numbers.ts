// 商户编号 (15 digits): typed or drawn from a counter; reserved for one request, never reused.
import { and, eq, notExists, sql } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { merchant, merchantCounter, reservedNumber } from './schema.ts';

/** Reserves a number for a request, giving up the one it held before. False when another request or merchant has it. */
export async function reserve(tx: Tx, merchantNo: string, requestNo: string): Promise<boolean> {
  const holder = await reservation(tx, merchantNo);
  if (holder !== null) return holder === requestNo;
  await release(tx, requestNo);
  const rows = await tx.insert(reservedNumber).values({ merchantNo, requestNo }).onConflictDoNothing().returning({ no: reservedNumber.merchantNo });
  // Somebody was faster: perhaps a second click of the same request, whose number it then is.
  return rows.length === 1 || (await reservation(tx, merchantNo)) === requestNo;
}

/** Frees the number of a draft that is given up, unless it was submitted. */
export async function release(tx: Tx, requestNo: string): Promise<void> {
  const used = tx.select({ one: sql`1` }).from(merchant).where(eq(merchant.merchantNo, reservedNumber.merchantNo));
  await tx.delete(reservedNumber).where(and(eq(reservedNumber.requestNo, requestNo), notExists(used)));
}

/** Number of the request that holds a merchant number, or null. */
export async function reservation(db: Reader, merchantNo: string): Promise<string | null> {
  const [row] = await db.select({ requestNo: reservedNumber.requestNo }).from(reservedNumber).where(eq(reservedNumber.merchantNo, merchantNo));
  return row?.requestNo ?? null;
}

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
