// 商户: one row that is current, one row per version with the request that made it, with its quota account beside it.
import { and, asc, desc, eq, gt, inArray, or, type SQL, sql } from 'drizzle-orm';
import { type MerchantForm, termsOf } from '../workflows/rules/merchant-form.ts';
import type { Db, Reader, Tx } from './connect.ts';
import { openingQuota } from './ledger.ts';
import { containing } from './like.ts';
import { prepared } from './prepared.ts';
import { merchant, merchantVersion } from './schema.ts';

export type MerchantRow = typeof merchant.$inferSelect;
export type MerchantVersionRow = typeof merchantVersion.$inferSelect;

/** At submission: the record as pending, rewritten by each amendment. False when the number is not reserved for this request or belongs to another. */
export async function writePending(tx: Tx, form: MerchantForm, requestNo: string): Promise<boolean> {
  const { merchantNo, name, shortName, initials, uscc, idCardNo, settlementAccountNo, areaCode, mcc } = await columns(form);
  const rows = await tx.execute(sql`
    insert into merchant (merchant_no, status, version, name, short_name, initials, uscc, id_card_no, settlement_account_no, area_code, mcc, opened_by, updated_at)
    select merchant_no, 'pending', 0, ${name}, ${shortName}, ${initials}, ${uscc}, ${idCardNo}, ${settlementAccountNo}, ${areaCode}, ${mcc}, ${requestNo}, now()
    from reserved_number where merchant_no = ${merchantNo} and request_no = ${requestNo}
    on conflict (merchant_no) do update set name = excluded.name, short_name = excluded.short_name, initials = excluded.initials, uscc = excluded.uscc, id_card_no = excluded.id_card_no,
      settlement_account_no = excluded.settlement_account_no, area_code = excluded.area_code, mcc = excluded.mcc, updated_at = excluded.updated_at
      where merchant.opened_by = ${requestNo} and merchant.status = 'pending'
    returning merchant_no`);
  return rows.length === 1;
}

/** Read when somebody first asks. */
let dictionary: Promise<typeof import('pinyin-pro')> | undefined;
/** First letters of a name in pinyin and what is Latin in it, in lower case: 北京甲百货 A → bjjbha. */
async function initialsOf(name: string): Promise<string> {
  dictionary ??= import('pinyin-pro');
  const { pinyin } = await dictionary;
  return pinyin(name, { pattern: 'first', toneType: 'none', type: 'array', nonZh: 'consecutive' })
    .join('')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

/** For records of before they were kept; each by itself, as a change of a merchant holds its quota. */
export async function fillInitials(db: Db): Promise<void> {
  const rows = await db.select({ merchantNo: merchant.merchantNo, name: merchant.name }).from(merchant).where(eq(merchant.initials, ''));
  for (const { merchantNo, name } of rows) {
    const initials = await initialsOf(name);
    await db.transaction((tx) =>
      tx
        .update(merchant)
        .set({ initials })
        .where(and(eq(merchant.merchantNo, merchantNo), eq(merchant.initials, ''))),
    );
  }
}

/** Merchants that were opened, by the beginning of their number, a part of their name, or initials; a whole number, with whatever behind it, is that merchant alone. */
export function searchMerchants(db: Reader, q: string, limit: number): Promise<Pick<MerchantRow, 'merchantNo' | 'name'>[]> {
  const whole = /^\d{15}(?=\s|$)/.exec(q)?.[0];
  const letters = q.toLowerCase().replace(/[^a-z0-9]/g, '');
  const part = or(
    sql`${merchant.merchantNo} like ${containing(q).slice(1)}`,
    sql`${merchant.name} ilike ${containing(q)}`,
    letters === q.toLowerCase() ? sql`${merchant.initials} like ${`%${letters}%`}` : undefined,
  );
  return db
    .select({ merchantNo: merchant.merchantNo, name: merchant.name })
    .from(merchant)
    .where(and(whole ? eq(merchant.merchantNo, whole) : part, inArray(merchant.status, ['active', 'frozen', 'cancelled'])))
    .orderBy(asc(merchant.merchantNo))
    .limit(limit);
}

async function columns(form: MerchantForm) {
  const { merchantNo, merchantName: name, shortName, uscc, idCardNo, settlementAccountNo, areaCode, mcc } = form;
  return { merchantNo, name, shortName, initials: await initialsOf(name), uscc, idCardNo, settlementAccountNo, areaCode, mcc };
}

/** When approved: pending → active with version 1 and an empty quota account. False when the record is not this request's pending one. */
export async function activate(tx: Tx, form: MerchantForm, requestNo: string, at: Date): Promise<boolean> {
  const { merchantNo, name, shortName, initials, uscc, idCardNo, settlementAccountNo, areaCode, mcc } = await columns(form);
  const terms = termsOf(form);
  const moment = at.toISOString();
  const rows = await tx.execute(sql`
    with active as (
      update merchant set name = ${name}, short_name = ${shortName}, initials = ${initials}, uscc = ${uscc}, id_card_no = ${idCardNo}, settlement_account_no = ${settlementAccountNo},
        area_code = ${areaCode}, mcc = ${mcc}, fee_ppm = ${terms.feePpm}, fee_cap_fen = ${terms.feeCapFen}, single_limit_fen = ${terms.singleLimitFen}, daily_limit_fen = ${terms.dailyLimitFen},
        monthly_limit_fen = ${terms.monthlyLimitFen}, status = 'active', version = 1, updated_at = ${moment}
      where merchant_no = ${merchantNo} and opened_by = ${requestNo} and status = 'pending' returning merchant_no
    ), version as (
      insert into merchant_version (merchant_no, version, form, request_no, effective_at) select merchant_no, 1, ${JSON.stringify(form)}::jsonb, ${requestNo}, ${moment}::timestamptz from active
    )
    select ${openingQuota(requestNo, moment)} from active`);
  return rows.length === 1;
}

/** When the opening came to nothing; the number stays reserved for ever. */
export async function rejectPending(tx: Tx, requestNo: string): Promise<void> {
  const mine = and(eq(merchant.openedBy, requestNo), eq(merchant.status, 'pending'));
  await tx.update(merchant).set({ status: 'rejected', updatedAt: new Date() }).where(mine);
}

/** The record, locked until the end of the transaction. */
export async function lockMerchant(tx: Tx, merchantNo: string): Promise<MerchantRow | null> {
  const [row] = await tx.select().from(merchant).where(eq(merchant.merchantNo, merchantNo)).for('update');
  return row ?? null;
}

/** 冻结 at once, by a request that may come to nothing. A record that is frozen already stays as it is. */
export async function freeze(tx: Tx, merchantNo: string, requestNo: string): Promise<void> {
  const active = and(eq(merchant.merchantNo, merchantNo), eq(merchant.status, 'active'));
  await tx.update(merchant).set({ status: 'frozen', frozenBy: requestNo, updatedAt: new Date() }).where(active);
}

/** The request that froze it came to nothing: active again. */
export async function unfreeze(tx: Tx, requestNo: string): Promise<void> {
  const mine = and(eq(merchant.frozenBy, requestNo), eq(merchant.status, 'frozen'));
  await tx.update(merchant).set({ status: 'active', frozenBy: null, updatedAt: new Date() }).where(mine);
}

/** Sets the status of a record that has one of these now; false when it has another. */
export async function setStatus(tx: Tx, merchantNo: string, from: readonly MerchantRow['status'][], to: MerchantRow['status'], at: Date): Promise<boolean> {
  const now = and(eq(merchant.merchantNo, merchantNo), inArray(merchant.status, [...from]));
  const rows = await tx.update(merchant).set({ status: to, frozenBy: null, updatedAt: at }).where(now).returning({ no: merchant.merchantNo });
  return rows.length === 1;
}

/** 变更: a new version on top of the one that the maker saw; false when another came between. */
export async function changeMerchant(tx: Tx, form: MerchantForm, base: number, requestNo: string, at: Date): Promise<boolean> {
  const { merchantNo, ...fresh } = await columns(form);
  const standing = and(eq(merchant.merchantNo, merchantNo), eq(merchant.version, base), inArray(merchant.status, ['active', 'frozen']));
  const rows = await tx
    .update(merchant)
    .set({ ...fresh, ...termsOf(form), version: base + 1, updatedAt: at })
    .where(standing)
    .returning({ no: merchant.merchantNo });
  if (rows.length === 0) return false;
  await tx.insert(merchantVersion).values({ merchantNo, version: base + 1, form, requestNo, effectiveAt: at });
  return true;
}

/** The form of the version that stands, or of an older one. */
export async function merchantForm(db: Reader, merchantNo: string, version?: number): Promise<MerchantVersionRow | null> {
  const of = and(eq(merchantVersion.merchantNo, merchantNo), version === undefined ? undefined : eq(merchantVersion.version, version));
  const [row] = await db.select().from(merchantVersion).where(of).orderBy(desc(merchantVersion.version)).limit(1);
  return row ?? null;
}

export type Twin = Pick<MerchantRow, 'merchantNo' | 'name' | 'status'> & { same: 'uscc' | 'idCardNo' | 'settlementAccountNo' };

/** Live merchants with the same licence, legal person or account, for a warning that may be confirmed; at most five for each. */
export async function twins(db: Reader, form: MerchantForm, requestNo: string): Promise<Twin[]> {
  const sharing = (same: Twin['same']) => sql`(select merchant_no as "merchantNo", name, status, ${same}::text as same from merchant
    where ${merchant[same]} = ${form[same]} and ${form[same]}::text <> '' and status in ('pending', 'active', 'frozen') and opened_by <> ${requestNo} order by merchant_no limit 5)`;
  const rows = await db.execute<Twin & Record<string, unknown>>(
    sql`${sharing('uscc')} union all ${sharing('idCardNo')} union all ${sharing('settlementAccountNo')}`,
  );
  return [...rows];
}

const ofNumber = prepared((db) =>
  db
    .select()
    .from(merchant)
    .where(eq(merchant.merchantNo, sql.placeholder('merchantNo')))
    .prepare('merchant'),
);
export async function findMerchant(db: Reader, merchantNo: string): Promise<MerchantRow | null> {
  return (await ofNumber(db, { merchantNo }))[0] ?? null;
}

export async function merchantVersions(db: Reader, merchantNo: string): Promise<MerchantVersionRow[]> {
  return db.select().from(merchantVersion).where(eq(merchantVersion.merchantNo, merchantNo)).orderBy(desc(merchantVersion.version));
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
