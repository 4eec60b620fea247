// 公共信息: areas, merchant category codes, banks, and policy parameters.
import { asc, between, eq, like, or } from 'drizzle-orm';
import type { Calendar } from '../workflows/rules/calendar.ts';
import { defaultPlan } from '../workflows/rules/clock.ts';
import { type Kind, kinds } from '../workflows/rules/kinds.ts';
import type { Plan } from '../workflows/rules/request.ts';
import { businessDate, days } from '../workflows/rules/time.ts';
import type { Reader, Tx } from './connect.ts';
import { area, bank, calendarDay, mcc, policy } from './schema.ts';

export const areas = (db: Reader) => db.select().from(area).orderBy(asc(area.code));
export const mccs = (db: Reader) => db.select().from(mcc).orderBy(asc(mcc.code));
export const banks = (db: Reader) => db.select().from(bank).orderBy(asc(bank.cnapsCode));

/** Names of an area and a category, for people who do not know the codes; null when a code is unknown. */
export async function codeNames(db: Reader, areaCode: string, mccCode: string): Promise<{ areaCode: string | null; mcc: string | null }> {
  const [areaRows, mccRows] = await Promise.all([db.select().from(area).where(eq(area.code, areaCode)), db.select().from(mcc).where(eq(mcc.code, mccCode))]);
  return { areaCode: areaRows[0]?.name ?? null, mcc: mccRows[0]?.name ?? null };
}

export async function policyValue(db: Reader, key: string): Promise<string | null> {
  const [row] = await db.select().from(policy).where(eq(policy.key, key));
  return row?.value ?? null;
}

/** The working calendar as far as spans that begin now can reach. */
export async function calendarAround(db: Reader, now: number): Promise<Calendar> {
  const rows = await db
    .select()
    .from(calendarDay)
    .where(between(calendarDay.date, businessDate(now - days(30)), businessDate(now + days(120))));
  const dates = (working: boolean) => rows.filter((row) => row.working === working).map((row) => row.date);
  return { off: dates(false), on: dates(true) };
}

/** The approval plan of a kind from policy data (`plan.<kind>.levels`, `time.*` in minutes), else the defaults of rules.md §10. */
export async function approvalPlan(db: Reader, kind: Kind): Promise<Plan> {
  const levelsKey = `plan.${kind}.levels`;
  const policies = db
    .select()
    .from(policy)
    .where(or(like(policy.key, 'time.%'), eq(policy.key, levelsKey)));
  const [rows, calendar] = await Promise.all([policies, calendarAround(db, Date.now())]);
  const time = new Map(rows.map((row) => [row.key, Number(row.value) * 60_000]));
  const span = (key: string, otherwise: number) => time.get(`time.${key}`) ?? otherwise;
  const levels = rows.find((row) => row.key === levelsKey)?.value.split(' ') ?? [...kinds[kind].levels];
  return {
    levels: levels.map((group) => ({ group })),
    remindMs: span('remind', defaultPlan.remindMs),
    escalateMs: span('escalate', defaultPlan.escalateMs),
    expireMs: span('expire', defaultPlan.expireMs),
    returnedExpireMs: span('returnedExpire', defaultPlan.returnedExpireMs),
    claimMs: span('claim', defaultPlan.claimMs),
    calendar,
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
