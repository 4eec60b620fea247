// 商户: one row that is current, one row per version with the request that made it, and the quota account.
import { and, asc, desc, eq, gt, inArray, ne, or, type SQL, sql } from 'drizzle-orm';
import type { MerchantForm } from '../workflows/rules/merchant-form.ts';
import type { Reader, Tx } from './connect.ts';
import { containing } from './like.ts';
import { merchant, merchantVersion, quotaAccount } from './schema.ts';

export type MerchantRow = typeof merchant.$inferSelect;
export type MerchantVersionRow = typeof merchantVersion.$inferSelect;

/** At submission: the record as pending, rewritten by each amendment. False when the number is not reserved for this request or belongs to another. */
export async function writePending(tx: Tx, form: MerchantForm, requestNo: string): Promise<boolean> {
  const { merchantNo, name, shortName, uscc, idCardNo, settlementAccountNo, areaCode, mcc } = columns(form);
  const rows = await tx.execute(sql`
    insert into merchant (merchant_no, status, version, name, short_name, uscc, id_card_no, settlement_account_no, area_code, mcc, opened_by, updated_at)
    select merchant_no, 'pending', 0, ${name}, ${shortName}, ${uscc}, ${idCardNo}, ${settlementAccountNo}, ${areaCode}, ${mcc}, ${requestNo}, now()
    from reserved_number where merchant_no = ${merchantNo} and request_no = ${requestNo}
    on conflict (merchant_no) do update set name = excluded.name, short_name = excluded.short_name, uscc = excluded.uscc, id_card_no = excluded.id_card_no,
      settlement_account_no = excluded.settlement_account_no, area_code = excluded.area_code, mcc = excluded.mcc, updated_at = excluded.updated_at
      where merchant.opened_by = ${requestNo} and merchant.status = 'pending'
    returning merchant_no`);
  return rows.length === 1;
}

function columns(form: MerchantForm) {
  const { merchantNo, merchantName: name, shortName, uscc, idCardNo, settlementAccountNo, areaCode, mcc } = form;
  return { merchantNo, name, shortName, uscc, idCardNo, settlementAccountNo, areaCode, mcc };
}

/** When approved: pending → active with version 1 and an empty quota account. False when the record is not this request's pending one. */
export async function activate(tx: Tx, form: MerchantForm, requestNo: string, at: Date): Promise<boolean> {
  const { merchantNo, name, shortName, uscc, idCardNo, settlementAccountNo, areaCode, mcc } = columns(form);
  const moment = at.toISOString();
  const rows = await tx.execute(sql`
    with active as (
      update merchant set name = ${name}, short_name = ${shortName}, uscc = ${uscc}, id_card_no = ${idCardNo}, settlement_account_no = ${settlementAccountNo},
        area_code = ${areaCode}, mcc = ${mcc}, status = 'active', version = 1, updated_at = ${moment}
      where merchant_no = ${merchantNo} and opened_by = ${requestNo} and status = 'pending' returning merchant_no
    ), version as (
      insert into merchant_version (merchant_no, version, form, request_no, effective_at) select merchant_no, 1, ${JSON.stringify(form)}::jsonb, ${requestNo}, ${moment}::timestamptz from active
    )
    insert into quota_account (merchant_no, balance_fen, frozen_fen, opened_by, opened_at) select merchant_no, 0, 0, ${requestNo}, ${moment}::timestamptz from active returning merchant_no`);
  return rows.length === 1;
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
