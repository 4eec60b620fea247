// 风险预警: what terminals and top-ups did that somebody should look at. One alert for each rule, subject and day.
import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm';
import { type Alert, type AlertRule, alertRules, readAlertPolicy } from '../workflows/rules/alerts.ts';
import { readTiers } from '../workflows/rules/tiers.ts';
import { businessDate } from '../workflows/rules/time.ts';
import type { Db, Reader, Tx } from './connect.ts';
import { riskAlert, riskWatch } from './schema.ts';

export type AlertRow = typeof riskAlert.$inferSelect;

/** So many transactions, and so long, a look goes back behind the last one. */
const LOOK_BACK = 100_000;
const LATE_MS = 60_000;

type Found = { rule: AlertRule; merchantNo: string; terminalNo: string; detail: Record<string, string | number> };

/**
 * One look, under a lock: everything new since the last one, each day for itself, however long ago that was. Answers how many alerts were raised.
 */
export async function watchOnce(db: Db, now: number): Promise<number> {
  return db.transaction(async (tx) => {
    const [lock] = await tx.execute<{ mine: boolean }>(sql`select pg_try_advisory_xact_lock(20131107) as mine`);
    if (!lock?.mine) return 0;
    const [watch] = await tx.select().from(riskWatch);
    const { days, last } = await freshDays(tx, { seen: watch?.lastId ?? 0, lookedAt: watch?.lookedAt ?? new Date(0), now });
    const today = businessDate(now);
    if (!days.some(({ day }) => day === today)) days.push({ day: today, merchants: [], from: now, now });
    const policies = await tx.execute<{ key: string; value: string }>(sql`select key, value from policy where key like 'alert.%' or key = 'plan.topUp.tiers'`);
    const policy = new Map(policies.map(({ key, value }) => [key, value]));
    const hours = Number(policy.get('alert.dueHours') ?? 24);
    let raised = 0;
    for (const subjects of days)
      for (const rule of alertRules) {
        const read = readAlertPolicy(rule, policy.get(`alert.${rule}`) ?? 'off');
        const looks = rule === 'underTier' ? subjects.day === today : subjects.merchants.length > 0;
        if (read !== null && looks) raised += await raise(tx, await lookers[rule](tx, subjects, read, policy), { day: subjects.day, now, hours });
      }
    const seen = { lastId: last, lookedAt: new Date(now) };
    await tx
      .insert(riskWatch)
      .values({ one: 1, ...seen })
      .onConflictDoUpdate({ target: riskWatch.one, set: seen });
    return raised;
  });
}

interface Subjects {
  merchants: string[];
  day: string;
  /** Moment of the oldest new transaction, epoch ms. */
  from: number;
  now: number;
}

/** Who did something on which day since the last look. Numbers are given before commits, so the last minute before it is looked at once more. */
async function freshDays(tx: Tx, { seen, lookedAt, now }: { seen: number; lookedAt: Date; now: number }): Promise<{ days: Subjects[]; last: number }> {
  const since = new Date(lookedAt.getTime() - LATE_MS).toISOString();
  const fresh = await tx.execute<{ day: string; merchants: string[]; from: string; last: string }>(sql`
    select business_date as day, array_agg(distinct merchant_no::text) as merchants, extract(epoch from min(at)) * 1000 as from, max(id) as last
    from terminal_txn where id > ${seen} or (id > ${seen - LOOK_BACK} and at > ${since}::timestamptz) group by 1 order by 1`);
  const days = fresh.map(({ day, merchants, from }) => ({ day, merchants, from: Number(from), now }));
  return { days, last: Math.max(seen, ...fresh.map((row) => Number(row.last))) };
}

type Looker = (tx: Tx, subjects: Subjects, policy: number[] | string, policies: ReadonlyMap<string, string>) => Promise<Found[]>;
const ofDay = ({ merchants, day }: Subjects) => sql`merchant_no = any(${sql.param(merchants)}::text[]) and business_date = ${day}`;
/** Purchases from so long before the oldest new one on. */
const since = ({ merchants, from }: Subjects, minutes: number) =>
  sql`merchant_no = any(${sql.param(merchants)}::text[]) and at > ${new Date(from - minutes * 60_000).toISOString()}::timestamptz and type = 'purchase' and code = '00'`;
/** Each transaction with those of the minutes before it. */
const before = (minutes: number, by: SQL) =>
  sql`(partition by ${by} order by at range between ${sql.raw(`interval '${Number(minutes)} minutes'`)} preceding and current row)`;
const rows = async (tx: Tx, rule: AlertRule, query: SQL): Promise<Found[]> =>
  [...(await tx.execute<{ m: string; t: string; detail: Record<string, string | number> }>(query))].map(({ m, t, detail }) => ({
    rule,
    merchantNo: m,
    terminalNo: t,
    detail,
  }));
const numbers = (policy: number[] | string): [number, number, number] => [Number(policy[0]), Number(policy[1]), Number(policy[2])];

const lookers: Record<AlertRule, Looker> = {
  /** So many purchases of at least so much on one terminal within so many minutes. */
  velocity: (tx, subjects, policy) => {
    const [count, minutes, fen] = numbers(policy);
    return rows(
      tx,
      'velocity',
      sql`select m, t, json_build_object('count', max(n), 'fen', max(fen), 'minutes', ${minutes}::int) as detail from (
          select merchant_no as m, terminal_no as t, business_date as day, count(*) over w as n, sum(amount_fen) over w as fen from terminal_txn
          where ${since(subjects, minutes)} and amount_fen >= ${fen} window w as ${before(minutes, sql`merchant_no, terminal_no`)}) x where day = ${subjects.day} and n >= ${count} group by 1, 2`,
    );
  },
  /** A purchase at night. */
  night: (tx, subjects, policy) => {
    const [from = '', to = ''] = String(policy).split('-');
    const clock = sql`to_char(at at time zone 'Asia/Shanghai', 'HH24:MI')`;
    const inside = from <= to ? sql`${clock} between ${from} and ${to}` : sql`(${clock} >= ${from} or ${clock} <= ${to})`;
    return rows(
      tx,
      'night',
      sql`select merchant_no as m, terminal_no as t, json_build_object('count', count(*), 'fen', sum(amount_fen), 'time', max(${clock})) as detail from terminal_txn
        where ${ofDay(subjects)} and type = 'purchase' and code = '00' and ${inside} group by 1, 2`,
    );
  },
  /** Less quota than so many per cent of the last top-up. */
  lowQuota: (tx, { merchants }, policy) => {
    const [percent] = numbers(policy);
    return rows(
      tx,
      'lowQuota',
      sql`select a.owner as m, '' as t, json_build_object('fen', a.balance_fen, 'topUp', u.amount_fen) as detail from ledger_account a
        join lateral (select amount_fen from request where merchant_no = a.owner and kind = 'topUp' and state = 'effective' order by updated_at desc limit 1) u on true
        where a.code = '2241.10' and a.owner = any(${sql.param(merchants)}::text[]) and a.balance_fen * 100 < u.amount_fen * ${percent}::int`,
    );
  },
  /** The same amount so many times on one terminal within so many minutes. */
  sameAmount: (tx, subjects, policy) => {
    const [count, minutes] = numbers(policy);
    return rows(
      tx,
      'sameAmount',
      sql`select m, t, json_build_object('count', max(n), 'fen', max(fen), 'minutes', ${minutes}::int) as detail from (
          select merchant_no as m, terminal_no as t, business_date as day, amount_fen as fen, count(*) over w as n from terminal_txn
          where ${since(subjects, minutes)} window w as ${before(minutes, sql`merchant_no, terminal_no, amount_fen`)}) x where day = ${subjects.day} and n >= ${count} group by 1, 2`,
    );
  },
  /** So many purchases of whole multiples of an amount in a day. */
  roundAmount: (tx, subjects, policy) => {
    const [count, fen] = numbers(policy);
    return rows(
      tx,
      'roundAmount',
      sql`select merchant_no as m, '' as t, json_build_object('count', count(*), 'fen', sum(amount_fen)) as detail from terminal_txn
        where ${ofDay(subjects)} and type = 'purchase' and code = '00' and amount_fen % ${fen} = 0 group by 1 having count(*) >= ${count}`,
    );
  },
  /** At least so many per cent of the day's purchases declined, from so many purchases on. */
  declines: (tx, subjects, policy) => {
    const [percent, least] = numbers(policy);
    return rows(
      tx,
      'declines',
      sql`select merchant_no as m, '' as t, json_build_object('count', count(*) filter (where code <> '00'), 'of', count(*)) as detail from terminal_txn
        where ${ofDay(subjects)} and type = 'purchase' group by 1 having count(*) >= ${least} and count(*) filter (where code <> '00') * 100 >= count(*) * ${percent}::int`,
    );
  },
  /** Voids and refunds beside purchases, the same way. */
  giveBacks: (tx, subjects, policy) => {
    const [percent, least] = numbers(policy);
    const back = sql`count(*) filter (where type in ('void', 'refund'))`;
    const bought = sql`count(*) filter (where type = 'purchase')`;
    return rows(
      tx,
      'giveBacks',
      sql`select merchant_no as m, '' as t, json_build_object('count', ${back}, 'of', ${bought}) as detail from terminal_txn
        where ${ofDay(subjects)} and code = '00' group by 1 having ${bought} >= ${least} and ${back} * 100 >= ${bought} * ${percent}::int`,
    );
  },
  /** So many top-ups of a day, each within so many per cent of a tier's bound and below it. */
  underTier: async (tx, { now }, policy, policies) => {
    const [count, percent] = numbers(policy);
    const bounds = (readTiers(policies.get('plan.topUp.tiers') ?? '') ?? []).flatMap(({ upTo }) => (upTo === null ? [] : [upTo]));
    if (bounds.length === 0) return [];
    return rows(
      tx,
      'underTier',
      sql`select merchant_no as m, '' as t, json_build_object('count', count(*), 'fen', sum(amount_fen)) as detail from request
        where kind = 'topUp' and state in ('submitted', 'approved', 'effective') and submitted_at > ${new Date(now - 86_400_000).toISOString()}::timestamptz
          and exists (select from unnest(${sql.param(bounds)}::bigint[]) b where amount_fen <= b and amount_fen * 100 >= b * ${percent}::int) group by 1 having count(*) >= ${count}`,
    );
  },
};

async function raise(tx: Tx, found: readonly Found[], { day, now, hours }: { day: string; now: number; hours: number }): Promise<number> {
  let raised = 0;
  for (const { rule, merchantNo, terminalNo, detail } of found) {
    const [row] = await tx
      .insert(riskAlert)
      .values({
        rule,
        merchantNo,
        terminalNo,
        day,
        detail,
        state: 'open',
        raisedAt: new Date(now),
        dueAt: new Date(now + hours * 3_600_000),
        version: 0,
        started: false,
      })
      .onConflictDoNothing()
      .returning({ id: riskAlert.id });
    if (row) raised += 1;
  }
  return raised;
}

export const alertNoOf = (row: Pick<AlertRow, 'day' | 'id'>): string => `AL${row.day}${String(row.id).padStart(6, '0')}`;
const VOUCHER_MS = 3 * 86_400_000;

/** As its workflow begins. */
function begun(row: AlertRow): Alert {
  const { rule, merchantNo, terminalNo, detail } = row;
  const raisedAt = row.raisedAt.getTime();
  const event = { seq: 1, type: 'raised' as const, by: null, at: raisedAt, text: '', commandId: '' };
  return {
    alertNo: alertNoOf(row),
    rule,
    merchantNo,
    terminalNo,
    detail,
    state: 'open',
    owner: null,
    raisedAt,
    dueAt: row.dueAt.getTime(),
    overdue: false,
    voucherMs: VOUCHER_MS,
    version: 1,
    events: [event],
  };
}

export const unstartedAlerts = async (db: Reader): Promise<Alert[]> =>
  (await db.select().from(riskAlert).where(eq(riskAlert.started, false)).orderBy(riskAlert.id).limit(100)).map(begun);

const idOf = (alertNo: string): number => (/^AL\d{8}(\d{6,12})$/.test(alertNo) ? Number(alertNo.slice(10)) : 0);

export async function alertStarted(tx: Tx, alertNo: string): Promise<void> {
  await tx
    .update(riskAlert)
    .set({ started: true })
    .where(eq(riskAlert.id, idOf(alertNo)));
}

/** As its workflow has it; an older one changes nothing. */
export async function putAlert(tx: Tx, alert: Alert): Promise<void> {
  const { state, owner, dueAt, overdue, version } = alert;
  await tx
    .update(riskAlert)
    .set({ state, ownerCode: owner?.code ?? null, dueAt: new Date(dueAt), overdue, version, whole: alert, started: true })
    .where(and(eq(riskAlert.id, idOf(alert.alertNo)), lt(riskAlert.version, version)));
}

export interface AlertFilter {
  state?: string;
  rule?: string;
  merchantNo?: string;
  before?: number;
}
export async function alerts(db: Reader, filter: AlertFilter, limit: number): Promise<AlertRow[]> {
  const where = [
    filter.state ? sql`${riskAlert.state} = ${filter.state}` : undefined,
    filter.rule ? sql`${riskAlert.rule} = ${filter.rule}` : undefined,
    filter.merchantNo ? eq(riskAlert.merchantNo, filter.merchantNo) : undefined,
    filter.before ? lt(riskAlert.id, filter.before) : undefined,
  ];
  return db
    .select()
    .from(riskAlert)
    .where(and(...where))
    .orderBy(desc(riskAlert.id))
    .limit(limit);
}

export async function findAlert(db: Reader, alertNo: string): Promise<AlertRow | null> {
  const [row] = await db
    .select()
    .from(riskAlert)
    .where(eq(riskAlert.id, idOf(alertNo)));
  return row && alertNoOf(row) === alertNo ? row : null;
}
