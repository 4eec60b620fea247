// 公共信息: areas, merchant category codes, banks, and policy parameters.
import { asc, eq, like, or } from 'drizzle-orm';
import { defaultPlan } from '../workflows/rules/clock.ts';
import { type Kind, kinds } from '../workflows/rules/kinds.ts';
import type { Plan } from '../workflows/rules/request.ts';
import type { Reader, Tx } from './connect.ts';
import { area, bank, mcc, policy } from './schema.ts';

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

/** The approval plan of a kind from policy data (`plan.<kind>.levels`, `time.*` in minutes), else the defaults of rules.md §10. */
export async function approvalPlan(db: Reader, kind: Kind): Promise<Plan> {
  const levelsKey = `plan.${kind}.levels`;
  const rows = await db
    .select()
    .from(policy)
    .where(or(like(policy.key, 'time.%'), eq(policy.key, levelsKey)));
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
  },
): Promise<void> {
  await tx.insert(area).values(rows.areas).onConflictDoNothing();
  await tx.insert(mcc).values(rows.mccs).onConflictDoNothing();
  await tx.insert(bank).values(rows.banks).onConflictDoNothing();
  await tx.insert(policy).values(rows.policies).onConflictDoNothing();
}
