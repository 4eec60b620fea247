// 商户: one row that is current, one row per version with the request that made it, and the quota account.
import { and, asc, desc, eq, gt, inArray, ne, or, type SQL, sql } from 'drizzle-orm';
import type { MerchantForm } from '../workflows/rules/merchant-form.ts';
import type { Reader, Tx } from './connect.ts';
import { containing } from './like.ts';
import { merchant, merchantVersion, quotaAccount } from './schema.ts';

export type MerchantRow = typeof merchant.$inferSelect;
export type MerchantVersionRow = typeof merchantVersion.$inferSelect;

/** At submission: the record as pending, rewritten by each amendment. False when the number belongs to another request. */
export async function writePending(tx: Tx, form: MerchantForm, requestNo: string): Promise<boolean> {
  const row = { ...columns(form), status: 'pending' as const, version: 0, openedBy: requestNo, updatedAt: new Date() };
  const rows = await tx
    .insert(merchant)
    .values(row)
    .onConflictDoUpdate({ target: merchant.merchantNo, set: row, setWhere: sql`${merchant.openedBy} = ${requestNo} and ${merchant.status} = 'pending'` })
    .returning({ merchantNo: merchant.merchantNo });
  return rows.length === 1;
}

function columns(form: MerchantForm) {
  const { merchantNo, merchantName: name, shortName, uscc, idCardNo, settlementAccountNo, areaCode, mcc } = form;
  return { merchantNo, name, shortName, uscc, idCardNo, settlementAccountNo, areaCode, mcc };
}

/** When approved: pending → active with version 1 and an empty quota account. False when the record is not this request's pending one. */
export async function activate(tx: Tx, form: MerchantForm, requestNo: string, at: Date): Promise<boolean> {
  const pending = and(eq(merchant.merchantNo, form.merchantNo), eq(merchant.openedBy, requestNo), eq(merchant.status, 'pending'));
  const rows = await tx
    .update(merchant)
    .set({ ...columns(form), status: 'active', version: 1, updatedAt: at })
    .where(pending)
    .returning({ no: merchant.merchantNo });
  if (rows.length !== 1) return false;
  const { merchantNo } = form;
  await Promise.all([
    tx.insert(merchantVersion).values({ merchantNo, version: 1, form, requestNo, effectiveAt: at }),
    tx.insert(quotaAccount).values({ merchantNo, balanceFen: 0, frozenFen: 0, openedBy: requestNo, openedAt: at }),
  ]);
  return true;
}

/** When the opening came to nothing; the number stays reserved for ever. */
export async function rejectPending(tx: Tx, requestNo: string): Promise<void> {
  const mine = and(eq(merchant.openedBy, requestNo), eq(merchant.status, 'pending'));
  await tx.update(merchant).set({ status: 'rejected', updatedAt: new Date() }).where(mine);
}

export type Twin = Pick<MerchantRow, 'merchantNo' | 'name' | 'status'> & { same: 'uscc' | 'idCardNo' | 'settlementAccountNo' };

/** Live merchants with the same licence, legal person or account, for a warning that may be confirmed. */
export async function twins(db: Reader, form: MerchantForm, requestNo: string): Promise<Twin[]> {
  const found: Twin[] = [];
  for (const same of ['uscc', 'idCardNo', 'settlementAccountNo'] as const) {
    if (form[same] === '') continue;
    const live = and(eq(merchant[same], form[same]), inArray(merchant.status, ['pending', 'active', 'frozen']), ne(merchant.openedBy, requestNo));
    const rows = await db
      .select({ merchantNo: merchant.merchantNo, name: merchant.name, status: merchant.status })
      .from(merchant)
      .where(live)
      .orderBy(merchant.merchantNo)
      .limit(5);
    found.push(...rows.map((row) => ({ ...row, same })));
  }
  return found;
}

export async function findMerchant(db: Reader, merchantNo: string): Promise<MerchantRow | null> {
  const [row] = await db.select().from(merchant).where(eq(merchant.merchantNo, merchantNo));
  return row ?? null;
}

export async function merchantVersions(db: Reader, merchantNo: string): Promise<MerchantVersionRow[]> {
  return db.select().from(merchantVersion).where(eq(merchantVersion.merchantNo, merchantNo)).orderBy(desc(merchantVersion.version));
}

export async function findQuota(db: Reader, merchantNo: string) {
  const [row] = await db.select().from(quotaAccount).where(eq(quotaAccount.merchantNo, merchantNo));
  return row ?? null;
}

export interface MerchantFilter {
  q?: string;
  status?: string;
  areaCode?: string;
  /** Keyset: merchants after this number. */
  after?: string;
}

export async function merchants(db: Reader, filter: MerchantFilter, limit: number): Promise<MerchantRow[]> {
  const where: (SQL | undefined)[] = [];
  if (filter.q) {
    const part = containing(filter.q);
    where.push(or(sql`${merchant.name} ilike ${part}`, sql`${merchant.merchantNo} like ${part}`, eq(merchant.uscc, filter.q.toUpperCase())));
  }
  if (filter.status) where.push(sql`${merchant.status} = ${filter.status}`);
  if (filter.areaCode) where.push(eq(merchant.areaCode, filter.areaCode));
  if (filter.after) where.push(gt(merchant.merchantNo, filter.after));
  return db
    .select()
    .from(merchant)
    .where(and(...where))
    .orderBy(asc(merchant.merchantNo))
    .limit(limit);
}
