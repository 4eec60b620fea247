// 公共信息: areas, merchant category codes, banks, and policy parameters.
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Calendar } from '../workflows/rules/calendar.ts';
import { defaultPlan } from '../workflows/rules/clock.ts';
import { type Kind, kinds } from '../workflows/rules/kinds.ts';
import type { Plan } from '../workflows/rules/request.ts';
import { businessDate, days } from '../workflows/rules/time.ts';
import type { Reader, Tx } from './connect.ts';
import { prepared } from './prepared.ts';
import { area, bank, calendarDay, mcc, policy } from './schema.ts';

export const areas = (db: Reader) => db.select().from(area).orderBy(asc(area.code));
export const mccs = (db: Reader) => db.select().from(mcc).orderBy(asc(mcc.code));
export const banks = (db: Reader) => db.select().from(bank).orderBy(asc(bank.cnapsCode));

/** Names of an area and a category, for people who do not know the codes; null when a code is unknown. */
export async function codeNames(db: Reader, areaCode: string, mccCode: string): Promise<{ areaCode: string | null; mcc: string | null }> {
  if (areaCode === '' && mccCode === '') return { areaCode: null, mcc: null };
  const [row] = await db.execute<{ area: string | null; mcc: string | null }>(
    sql`select (select name from area where code = ${areaCode}) as area, (select name from mcc where code = ${mccCode}) as mcc`,
  );
  return { areaCode: row?.area ?? null, mcc: row?.mcc ?? null };
}

export interface KnownCodes {
  areas: ReadonlySet<string>;
  mccs: ReadonlySet<string>;
  /** 联行号 of the banks with this name. */
  banks: readonly string[];
}

/** Which of these codes there are, and the banks of a name, in one statement. */
export async function knownCodes(db: Reader, areaCodes: readonly string[], mccCodes: readonly string[], bankName: string): Promise<KnownCodes> {
  const rows = await db.execute<{
    list: string;
    code: string;
  }>(sql`select 'area' as list, code::text as code from area where code = any(${sql.param(areaCodes)}::bpchar[])
    union all select 'mcc', code::text from mcc where code = any(${sql.param(mccCodes)}::bpchar[])
    union all select 'bank', cnaps_code::text from bank where name = ${bankName} order by 1, 2`);
  const of = (list: string) => rows.filter((row) => row.list === list).map((row) => row.code);
  return { areas: new Set(of('area')), mccs: new Set(of('mcc')), banks: of('bank') };
}

const ofKey = prepared((db) =>
  db
    .select({ value: policy.value })
    .from(policy)
    .where(eq(policy.key, sql.placeholder('key')))
    .prepare('policy'),
);
export async function policyValue(db: Reader, key: string): Promise<string | null> {
  return (await ofKey(db, { key }))[0]?.value ?? null;
}

/** A parameter's new value, in place of the one that was seen; false when another came between. */
export async function setPolicy(tx: Tx, key: string, before: string, value: string): Promise<boolean> {
  const rows = await tx
    .update(policy)
    .set({ value })
    .where(and(eq(policy.key, key), eq(policy.value, before)))
    .returning({ key: policy.key });
  return rows.length === 1;
}

export const policies = (db: Reader) => db.select().from(policy).orderBy(asc(policy.key));

/** How far ahead, in days, a plan knows the calendar: further than any span that begins now. */
const REACH_DAYS = 120;

const calendarOf = (rows: readonly { date: string; working: boolean }[]): Calendar => {
  const dates = (working: boolean) => rows.filter((row) => row.working === working && /^\d{8}$/.test(row.date)).map((row) => row.date);
  return { off: dates(false), on: dates(true) };
};

/** The whole working calendar, for pages. */
export const workingCalendar = async (db: Reader): Promise<Calendar> => calendarOf(await db.select().from(calendarDay));

/** The approval plan of a kind from policy data (`plan.<kind>.levels`, `time.*` in minutes), else the defaults of rules.md §10. */
export async function approvalPlan(db: Reader, kind: Kind): Promise<Plan> {
  const now = Date.now();
  const levelsKey = `plan.${kind}.levels`;
  // One statement, because every submission asks it.
  const rows = await db.execute<{
    key: string;
    value: string;
  }>(sql`select key, value from policy where key like 'time.%' or key like 'duty.%' or key = ${levelsKey}
    union all select date, working::text from calendar_day where date between ${businessDate(now - days(1))} and ${businessDate(now + days(REACH_DAYS))}`);
  const of = new Map(rows.map((row) => [row.key, row.value]));
  const span = (key: string, otherwise: number) => (of.has(`time.${key}`) ? Number(of.get(`time.${key}`)) * 60_000 : otherwise);
  return {
    levels: (of.get(levelsKey)?.split(' ') ?? [...kinds[kind].levels]).map((group) => ({ group })),
    remindMs: span('remind', defaultPlan.remindMs),
    escalateMs: span('escalate', defaultPlan.escalateMs),
    expireMs: span('expire', defaultPlan.expireMs),
    returnedExpireMs: span('returnedExpire', defaultPlan.returnedExpireMs),
    claimMs: span('claim', defaultPlan.claimMs),
    ...(of.get('duty.importAndReview') === 'on' ? { importApart: true } : {}),
    calendar: calendarOf(rows.map(({ key, value }) => ({ date: key, working: value === 'true' }))),
  };
}

/** Seeds: rows that are already there stay as people made them. */
export async function seedReference(
  tx: Tx,
  rows: {
    areas: (typeof area.$inferInsert)[];
    mccs: (typeof mcc.$inferInsert)[];
    banks: (typeof bank.$inferInsert)[];
    policies: (typeof policy.$inferInsert)[];
    calendar: (typeof calendarDay.$inferInsert)[];
  },
): Promise<void> {
  await tx.insert(area).values(rows.areas).onConflictDoNothing();
  await tx.insert(mcc).values(rows.mccs).onConflictDoNothing();
  await tx.insert(bank).values(rows.banks).onConflictDoNothing();
  await tx.insert(policy).values(rows.policies).onConflictDoNothing();
  await tx.insert(calendarDay).values(rows.calendar).onConflictDoNothing();
}

/** A row of one of these lists, new or in place of the one with its key; what stood there before comes back. */
export async function putArea(tx: Tx, row: typeof area.$inferInsert): Promise<void> {
  await tx.insert(area).values(row).onConflictDoUpdate({ target: area.code, set: row });
}
export async function putMcc(tx: Tx, row: typeof mcc.$inferInsert): Promise<void> {
  await tx.insert(mcc).values(row).onConflictDoUpdate({ target: mcc.code, set: row });
}
export async function putBanks(tx: Tx, rows: readonly (typeof bank.$inferInsert)[]): Promise<void> {
  for (let i = 0; i < rows.length; i += 1000)
    await tx
      .insert(bank)
      .values(rows.slice(i, i + 1000))
      .onConflictDoUpdate({ target: bank.cnapsCode, set: { name: sql`excluded.name` } });
}
export async function putCalendarDay(tx: Tx, row: typeof calendarDay.$inferInsert): Promise<void> {
  await tx.insert(calendarDay).values(row).onConflictDoUpdate({ target: calendarDay.date, set: row });
}

export const calendarDays = (db: Reader) => db.select().from(calendarDay).orderBy(asc(calendarDay.date));

/** Removes what no merchant, in any version, refers to; false when one does. */
export async function removeArea(tx: Tx, code: string): Promise<boolean> {
  return removeUnused(tx, 'areaCode', code, () => tx.delete(area).where(eq(area.code, code)));
}
export async function removeMcc(tx: Tx, code: string): Promise<boolean> {
  return removeUnused(tx, 'mcc', code, () => tx.delete(mcc).where(eq(mcc.code, code)));
}
export async function removeBank(tx: Tx, cnapsCode: string): Promise<boolean> {
  return removeUnused(tx, 'cnapsCode', cnapsCode, () => tx.delete(bank).where(eq(bank.cnapsCode, cnapsCode)));
}
export async function removeCalendarDay(tx: Tx, date: string): Promise<boolean> {
  await tx.delete(calendarDay).where(eq(calendarDay.date, date));
  return true;
}

/** Merchants that are, and openings or changes that are open or being written, keep what they name. */
async function removeUnused(tx: Tx, key: 'areaCode' | 'mcc' | 'cnapsCode', code: string, remove: () => Promise<unknown>): Promise<boolean> {
  const [row] = await tx.execute<{ used: boolean }>(sql`select exists (select 1 from merchant_version where form->>${key} = ${code})
    or exists (select 1 from merchant where ${key} = 'areaCode' and area_code = ${code} or ${key} = 'mcc' and mcc = ${code})
    or exists (select 1 from request_draft where data->>${key} = ${code} and created_at > now() - interval '90 days') as used`);
  if (row?.used) return false;
  await remove();
  return true;
}
