// 日结: what every account had on a day, kept for good once the day is closed.
import { desc, sql } from 'drizzle-orm';
import type { Db, Reader } from './connect.ts';
import { dayEnd } from './schema.ts';

export type DayEndRow = typeof dayEnd.$inferSelect;

/** Days from the first entry to yesterday that are not settled, `yyyymmdd` in order; `today` has not ended yet. */
export async function openDays(db: Reader, today: string): Promise<string[]> {
  const rows = await db.execute<{ day: string }>(sql`
    select to_char(d, 'YYYYMMDD') as day from generate_series((select to_date(coalesce((select max(business_date) from ${dayEnd}), (select min(business_date) from journal_entry)), 'YYYYMMDD')), to_date(${today}, 'YYYYMMDD') - 1, interval '1 day') d
    where not exists (select 1 from ${dayEnd} where business_date = to_char(d, 'YYYYMMDD')) order by 1`);
  return rows.map(({ day }) => day);
}

/**
 * Keeps the balances of a closed day: opening, turnover and closing of every account that moved. Answers what does not hold: debits that are not credits,
 * or a closing balance that is not what the merchant's last line of the day says.
 */
export async function settleDay(db: Db, day: string): Promise<string[]> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(20131106)`);
    const [done] = await tx.execute<{ faults: string[] }>(sql`select faults from ${dayEnd} where business_date = ${day}`);
    if (done) return done.faults;
    await tx.execute(sql`
      insert into daily_balance (business_date, account_id, opening_fen, debit_fen, credit_fen, closing_fen)
      select ${day}, m.account_id, coalesce(p.closing_fen, 0), m.debit, m.credit, coalesce(p.closing_fen, 0) + m.credit - m.debit
      from (select l.account_id, sum(l.debit_fen) as debit, sum(l.credit_fen) as credit from journal_entry e join journal_line l on l.entry_id = e.id where e.business_date = ${day} group by 1) m
      left join lateral (select closing_fen from daily_balance b where b.account_id = m.account_id and b.business_date < ${day} order by b.business_date desc limit 1) p on true
      on conflict (business_date, account_id) do nothing`);
    const [sums] = await tx.execute<{ debit: string; credit: string; entries: number }>(sql`
      select coalesce(sum(l.debit_fen), 0) as debit, coalesce(sum(l.credit_fen), 0) as credit, count(distinct e.id)::int as entries from journal_entry e join journal_line l on l.entry_id = e.id where e.business_date = ${day}`);
    const apart = await tx.execute<{ what: string }>(sql`
      select a.code || ' ' || a.owner as what from daily_balance b join ledger_account a on a.id = b.account_id and a.balance_fen is not null
      join lateral (select after_fen from journal_line l join journal_entry e on e.id = l.entry_id where l.account_id = a.id and l.nth is not null and e.business_date <= ${day} order by l.nth desc limit 1) x on true
      where b.business_date = ${day} and b.closing_fen <> x.after_fen limit 20`);
    const faults = [
      ...(sums?.debit === sums?.credit ? [] : [`debits ${sums?.debit}, credits ${sums?.credit}`]),
      ...apart.map(({ what }) => `${what}: closing balance is not that of its last line`),
    ];
    await tx.insert(dayEnd).values({
      businessDate: day,
      settledAt: new Date(),
      entries: sums?.entries ?? 0,
      debitFen: Number(sums?.debit),
      creditFen: Number(sums?.credit),
      faults,
    });
    await tx.execute(sql`select keep_totals(${day})`);
    return faults;
  });
}

/** The latest days first. */
export const dayEnds = (db: Reader, limit: number): Promise<DayEndRow[]> => db.select().from(dayEnd).orderBy(desc(dayEnd.businessDate)).limit(limit);
