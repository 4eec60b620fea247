// What the reports read (rules.md §4.2): one query each over a scope, of which a page, the sums, or every row is asked.
import type postgres from 'postgres';
import { type Column, type ReportName, type ReportRow, type Scope, shapeOf } from '../workflows/rules/reports.ts';
import type { Db } from './connect.ts';

type Sql = postgres.Sql;
type Part = postgres.PendingQuery<postgres.Row[]>;
/** Rows that count, or those that stand apart. */
export type Side = 'main' | 'apart';

const ms = (sql: Sql, moment: Part) => sql`(extract(epoch from ${moment}) * 1000)::float8`;
const from = (sql: Sql, { from: first }: Scope) => sql`end_of_day(day_before(${first}))`;
const until = (sql: Sql, { until: last }: Scope) => sql`end_of_day(${last})`;
const ofMerchant = (sql: Sql, column: Part, { merchantNo }: Scope) => (merchantNo === '' ? sql`true` : sql`${column} = ${merchantNo}`);

/** State of a request `r` at the end of the period: a closed day says the same for ever, whatever became of the request later. */
const stateAt = (sql: Sql, scope: Scope) => sql`request_state_at(r.request_no, ${until(sql, scope)})`;

/** Top-ups by the day of their entry, their voids with the sign turned on the day of theirs; or by the day of submission, whatever became of them. */
function topUps(sql: Sql, scope: Scope): Part {
  const posted = scope.basis === 'decided';
  const sign = sql`case when r.kind = 'topUpVoid' then -1 else 1 end`;
  const when = posted
    ? sql`e.business_date between ${scope.from} and ${scope.until} and e.event in ('topUp', 'topUpVoid')`
    : sql`r.submitted_at >= ${from(sql, scope)} and r.submitted_at < ${until(sql, scope)}`;
  const source = posted
    ? sql`journal_entry e join request r on r.request_no = e.command_no`
    : sql`request r left join journal_entry e on e.command_no = r.request_no and e.business_date <= ${scope.until}`;
  // What came after the period is not told: it was not so yet.
  const end = until(sql, scope);
  const fen = sql`${sign} * request_fen_at(r.request_no, r.amount_fen, ${end})`;
  return sql`
    select r.merchant_no || '/' || to_char(coalesce(e.at, r.submitted_at), 'YYYYMMDDHH24MISSUS') || '/' || r.request_no as key, r.request_no as "requestNo", r.merchant_no as "merchantNo",
      merchant_name_at(r.merchant_no, ${end}) as "merchantName", ${ms(sql, sql`r.submitted_at`)} as "submittedAt", (${fen})::float8 as "amountFen",
      case when e.id is null then 0 else ${fen} end::float8 as "receivedFen", coalesce(b.booked_on, '') as "bookedOn", coalesce(b.party_name, '') as "payerName",
      case when length(b.party_account_no) > 8 then left(b.party_account_no, 4) || repeat('*', length(b.party_account_no) - 8) || right(b.party_account_no, 4) else coalesce(b.party_account_no, '') end as "payerAccountNo",
      coalesce(b.party_bank, '') as "payerBank", coalesce(b.serial_no, '') as "serialNo", r.maker_name as "makerName", coalesce(d.event -> 'by' ->> 'name', '') as "reviewerName",
      coalesce((d.event ->> 'at')::float8, 0) as "decidedAt", case when r.kind = 'topUpVoid' then 'voidedTopUp' else ${stateAt(sql, scope)} end as state, l.after_fen::float8 as "afterFen",
      'bank' as channel, coalesce(r.whole -> 'data' ->> 'note', r.whole -> 'data' ->> 'reason', '') as note
    from ${source}
      left join journal_line l on l.entry_id = e.id and l.account_id = (select id from ledger_account where code = '2241.10' and owner = r.merchant_no)
      left join bank_line b on e.id is not null and b.id = (r.whole -> 'line' ->> 'id')::bigint
      left join lateral (select v.event from request_event v where v.request_no = r.request_no and v.at < ${end} and v.event ->> 'type' in ('approved', 'amended') order by v.seq desc limit 1) d on d.event ->> 'type' = 'approved'
    where ${when} and ${posted ? sql`true` : sql`r.kind = 'topUp'`} and ${ofMerchant(sql, sql`r.merchant_no`, scope)}`;
}

/** Transactions in the order of their system numbers, which for closed days are known from first to last. */
function purchases(sql: Sql, scope: Scope, side: Side): Part {
  const { from: first, until: last } = scope;
  // Looked at once. Only when a void or a refund of the period was itself reversed later, what a row says of itself today is not what was so then.
  const undoneLater = sql`exists (select from terminal_txn v join terminal_txn o on o.id = v.original_id
    where v.type = 'reversal' and v.code = '00' and v.business_date > ${last} and o.original_id is not null and o.business_date <= ${last})`;
  return sql`
    select x.id as key, ${ms(sql, sql`x.at`)} as at, x.merchant_no as "merchantNo", x.terminal_no as "terminalNo", lpad(x.batch_no::text, 6, '0') as "batchNo", lpad(x.trace_no::text, 6, '0') as "traceNo",
      lpad(x.id::text, 12, '0') as "systemNo", x.type, case when x.card_mask = '' then '' else left(x.card_mask, 6) || '******' || right(x.card_mask, 4) end as "cardNo",
      ${side === 'main' ? sql`x.net_fen` : sql`x.amount_fen`}::float8 as "amountFen", (sign(x.net_fen) * x.fee_fen)::float8 as "feeFen", x.code, x.code as "codeText",
      case when x.code <> '00' or x.state = 'approved' and x.refunded_fen = 0 and not ${undoneLater} then '' else coalesce((select case o.type when 'void' then 'voided' when 'refund' then 'refunded' else 'reversed' end
        from terminal_txn o where o.original_id = x.id and o.code = '00' and o.business_date <= ${last}
          and not exists (select from terminal_txn v where v.original_id = o.id and v.type = 'reversal' and v.code = '00' and v.business_date <= ${last}) order by o.id desc limit 1), '') end as flag, x.balance_fen::float8 as "afterFen"
    from terminal_txn x
    where x.business_date between ${first} and ${last} and ${side === 'main' ? sql`x.net_fen <> 0` : sql`x.net_fen = 0`} and ${ofMerchant(sql, sql`x.merchant_no`, scope)}
      and x.id >= coalesce((select min(first_txn) from report_day where business_date >= ${first}), (select max(last_txn) from report_day) - 10000, 0)
      and x.id <= coalesce((select max(last_txn) from report_day where business_date <= ${last} and (select max(business_date) from report_day) >= ${last}), 9223372036854775807)`;
}

const perMerchant = (sql: Sql, { from: first, until: last, merchantNo }: Scope) => sql`
  select merchant_no as m, sum(top_up_fen) as topped, sum(purchase_fen + void_fen + reversal_fen + refund_fen) as net, sum(fee_fen) as fee, sum(quota_refund_fen) as refunded, sum(adjustment_fen) as adjusted
  from totals_between(${first}, ${last}, ${merchantNo}) group by 1`;

function summary(sql: Sql, scope: Scope): Part {
  const states: Record<string, string[]> = {
    waiting: ['submitted', 'approved', 'failed'],
    approved: ['effective'],
    returned: ['returned'],
    rejected: ['rejected'],
    ended: ['withdrawn', 'expired', 'abandoned'],
  };
  const sums = Object.entries(states).map(
    ([name, list]) =>
      sql`, count(*) filter (where state = any(${list}::text[])) as ${sql(`${name}Count`)}, coalesce(sum(amount_fen) filter (where state = any(${list}::text[])), 0) as ${sql(`${name}Fen`)}`,
  );
  const shown = ['asked', ...Object.keys(states)].map(
    (name) => sql`, coalesce(a.${sql(`${name}Count`)}, 0)::int as ${sql(`${name}Count`)}, coalesce(a.${sql(`${name}Fen`)}, 0)::float8 as ${sql(`${name}Fen`)}`,
  );
  return sql`
    select * from (with asked as (
      select merchant_no as m, count(*) as "askedCount", coalesce(sum(amount_fen), 0) as "askedFen" ${sums} from (
        select merchant_no, ${stateAt(sql, scope)} as state, request_fen_at(request_no, amount_fen, ${until(sql, scope)}) as amount_fen from request r
        where kind = 'topUp' and submitted_at >= ${from(sql, scope)} and submitted_at < ${until(sql, scope)} and ${ofMerchant(sql, sql`merchant_no`, scope)}) r group by 1
    ), moved as (${perMerchant(sql, scope)}), opening as (select * from quota_at(day_before(${scope.from}), ${scope.merchantNo})), closing as (select * from quota_at(${scope.until}, ${scope.merchantNo}))
    select m as key, m as "merchantNo", merchant_name_at(m, ${until(sql, scope)}) as "merchantName" ${shown}, coalesce(v.net, 0)::float8 as "netFen", coalesce(v.fee, 0)::float8 as "feeFen", coalesce(o.fen, 0)::float8 as "openingFen",
      coalesce(v.topped, 0)::float8 as "topUpFen", coalesce(v.refunded, 0)::float8 as "quotaRefundFen", coalesce(v.adjusted, 0)::float8 as "adjustmentFen", coalesce(c.fen, 0)::float8 as "closingFen"
    from asked a full join moved v using (m) full join (select merchant_no as m, fen from closing where fen <> 0) c using (m) left join opening o on o.merchant_no = m) x`;
}

function dailyTotals(sql: Sql, scope: Scope): Part {
  return sql`
    select t.business_date || '/' || t.merchant_no as key, t.business_date as day, t.merchant_no as "merchantNo", merchant_name_at(t.merchant_no, end_of_day(t.business_date)) as "merchantName", purchase_count as "purchaseCount", purchase_fen::float8 as "purchaseFen",
      void_count as "voidCount", void_fen::float8 as "voidFen", reversal_count as "reversalCount", reversal_fen::float8 as "reversalFen", refund_count as "refundCount", refund_fen::float8 as "refundFen",
      (purchase_fen + void_fen + reversal_fen + refund_fen)::float8 as "netFen", fee_fen::float8 as "feeFen", opening_fen::float8 as "openingFen", top_up_fen::float8 as "topUpFen", quota_refund_fen::float8 as "quotaRefundFen",
      adjustment_fen::float8 as "adjustmentFen", closing_fen::float8 as "closingFen"
    from totals_between(${scope.from}, ${scope.until}, ${scope.merchantNo}) t`;
}

/** What no terminal did to the quota, an entry a row: top-ups and their voids, refunds with what they froze, adjustments. */
const quotaEntries = (sql: Sql, scope: Scope): Part => {
  const moved = (code: string) => sql`coalesce(sum(l.credit_fen - l.debit_fen) filter (where a.code = ${code}), 0)::float8`;
  return sql`
    select * from (select e.business_date || '/' || lpad(e.id::text, 15, '0') || '/' || a.owner as key, e.business_date as day, ${ms(sql, sql`e.at`)} as at, a.owner as "merchantNo", merchant_name_at(a.owner, ${until(sql, scope)}) as "merchantName",
      e.event as entry, e.cause as "requestNo", ${moved('2241.10')} as "availableFen", ${moved('2241.11')} as "frozenFen", sum(l.credit_fen - l.debit_fen)::float8 as "quotaFen",
      ((array_agg(l.after_fen order by l.nth desc) filter (where a.code = '2241.10'))[1])::float8 as "afterFen"
    from journal_entry e join journal_line l on l.entry_id = e.id join ledger_account a on a.id = l.account_id and a.code in ('2241.10', '2241.11')
    where e.business_date between ${scope.from} and ${scope.until} and e.event not in ('purchase', 'void', 'refund', 'reversal') and ${ofMerchant(sql, sql`a.owner`, scope)} group by e.id, a.owner) x`;
};

/** Quota beside the last top-up; `low` under the per cent that alerts use. */
const balances = (sql: Sql, scope: Scope): Part => sql`
  select * from (select m.merchant_no::text as key, m.merchant_no::text as "merchantNo", m.name as "merchantName", m.status, a.fen::float8 as "availableFen", f.fen::float8 as "frozenFen", (a.fen + f.fen)::float8 as "balanceFen",
    t.amount_fen::float8 as "lastTopUpFen", ${ms(sql, sql`t.at`)} as "lastTopUpAt", coalesce(floor(a.fen * 100.0 / nullif(t.amount_fen, 0)), 0)::int as percent,
    case when a.fen * 100 < t.amount_fen * (select case when value ~ '^[0-9]+%$' then replace(value, '%', '')::int else 20 end from policy where key = 'alert.lowQuota') then 'low' else '' end as low
  from merchant m join lateral (select balance_fen as fen from ledger_account where code = '2241.10' and owner = m.merchant_no::text) a on true
    join lateral (select balance_fen as fen from ledger_account where code = '2241.11' and owner = m.merchant_no::text) f on true
    left join lateral (select r.amount_fen, e.at from request r join journal_entry e on e.command_no = r.request_no where r.merchant_no = m.merchant_no::text and r.kind = 'topUp' order by e.id desc limit 1) t on true
  where m.status in ('active', 'frozen') and ${ofMerchant(sql, sql`m.merchant_no::text`, scope)}) x`;

const ageing = (sql: Sql): Part => {
  const younger = (than: string, butNot = '0') => sql`submitted_at > now() - ${than}::interval and submitted_at <= now() - ${butNot}::interval`;
  return sql`
    select * from (select kind as key, kind, count(*)::int as "waitingCount", count(*) filter (where ${younger('4 hours')})::int as within4h, count(*) filter (where ${younger('1 day', '4 hours')})::int as within1d,
      count(*) filter (where ${younger('3 days', '1 day')})::int as within3d, count(*) filter (where submitted_at <= now() - interval '3 days')::int as older, count(*) filter (where overdue or due_at < now())::int as overdue,
      coalesce(sum(amount_fen), 0)::float8 as "amountFen", ${ms(sql, sql`min(submitted_at)`)} as "oldestAt"
    from request where waits_for is not null group by kind) x`;
};

/** Decisions of a period by whoever made them; the median is from when the request came to that level. */
const workload = (sql: Sql, scope: Scope): Part => sql`
  select * from (select c.code as key, c.code as "userCode", max(c.name) as "userName", count(*)::int as decided, count(*) filter (where c.type = 'approved')::int as approved, count(*) filter (where c.type = 'returned')::int as returned,
    count(*) filter (where c.type = 'rejected')::int as rejected, count(*) filter (where c.late)::int as overdue, (percentile_cont(0.5) within group (order by c.took) / 60)::int as "medianMinutes"
  from (select e.event -> 'by' ->> 'code' as code, e.event -> 'by' ->> 'name' as name, e.event ->> 'type' as type, extract(epoch from e.at - b.at) as took,
      exists (select from request_event x where x.request_no = e.request_no and x.seq between b.seq and e.seq and x.event ->> 'type' = 'escalated') as late
    from request_event e cross join lateral (select seq, at from request_event p where p.request_no = e.request_no and p.seq < e.seq and p.event ->> 'type' in ('submitted', 'amended', 'approved', 'effectRefused') order by p.seq desc limit 1) b
    where e.at >= ${from(sql, scope)} and e.at < ${until(sql, scope)} and e.event ->> 'type' in ('approved', 'returned', 'rejected') and e.event -> 'by' ->> 'code' is not null) c group by c.code) x`;

/** What somebody has to reconcile: a 冲正 after settlement or beyond the quota, an upload that tells something else. */
const exceptions = (sql: Sql, scope: Scope): Part => sql`
  select to_char(x.at, 'YYYYMMDDHH24MISSUS') || '/' || x.id as key, ${ms(sql, sql`x.at`)} as at, t.merchant_no::text as "merchantNo", x.terminal_no as "terminalNo", lpad(x.batch_no::text, 6, '0') as "batchNo", lpad(x.trace_no::text, 6, '0') as "traceNo",
    x.why, x.amount_fen::float8 as "amountFen"
  from terminal_exception x join terminal t on t.terminal_no = x.terminal_no::bpchar
  where x.at >= ${from(sql, scope)} and x.at < ${until(sql, scope)} and ${ofMerchant(sql, sql`t.merchant_no`, scope)}`;

const trial = (sql: Sql): Part => sql`
  select * from (select a.code || '/' || case when a.balance_fen is null then a.owner else '' end as key, a.code as account, a.code as name, case when a.balance_fen is null then a.owner else '' end as owner,
    coalesce(sum(l.debit_fen), 0)::float8 as "debitFen", coalesce(sum(l.credit_fen), 0)::float8 as "creditFen", (case when a.code like '1%' then 1 else -1 end * coalesce(sum(l.debit_fen - l.credit_fen), 0))::float8 as "balanceFen"
  from ledger_account a left join journal_line l on l.account_id = a.id group by 1, 2, 3, 4) x`;

const queries: Record<ReportName, (sql: Sql, scope: Scope, side: Side) => Part> = {
  'top-up-details': topUps,
  'purchase-details': purchases,
  'top-up-summary': summary,
  'daily-totals': dailyTotals,
  'daily-top-ups': topUps,
  'quota-balances': balances,
  'quota-entries': quotaEntries,
  'request-ageing': ageing,
  'reviewer-workload': workload,
  'terminal-exceptions': exceptions,
  'trial-balance': trial,
};

/** Where a page begins: after the row with this key, and in an order by a column with this value. */
export interface Place {
  key: string;
  value: string;
}
export interface Order {
  column: string;
  descending: boolean;
}
export type KeyedRow = ReportRow & { key: string | number };

const numeric = (column: Column | undefined) => column !== undefined && column.kind !== 'text' && column.kind !== 'day';

/** A page of rows: in their own order, or in that of a column. */
export async function reportPage(
  db: Db,
  name: ReportName,
  scope: Scope,
  asked: { order: Order | null; after: Place | null; limit: number },
): Promise<KeyedRow[]> {
  const sql = db.$client;
  const base = queries[name](sql, scope, 'main');
  const { order, after, limit } = asked;
  const byNumber = name === 'purchase-details';
  const key = byNumber ? sql`q.key` : sql`q.key collate "C"`;
  const last = after === null ? sql`''` : byNumber ? sql`${after.key}::bigint` : sql`${after.key}::text collate "C"`;
  if (!order) return [...(await sql<KeyedRow[]>`select * from (${base}) q where ${after ? sql`${key} > ${last}` : sql`true`} order by ${key} limit ${limit}`)];
  const column = shapeOf(name).columns.find((one) => one.key === order.column);
  const value = sql`q.${sql(order.column)}`;
  const past = after === null ? sql`` : numeric(column) ? sql`${after.value}::float8` : sql`${after.value}::text`;
  const beyond = after ? (order.descending ? sql`(${value}, ${key}) < (${past}, ${last})` : sql`(${value}, ${key}) > (${past}, ${last})`) : sql`true`;
  const way = order.descending ? sql`desc` : sql`asc`;
  return [...(await sql<KeyedRow[]>`select * from (${base}) q where ${beyond} order by ${value} ${way}, ${key} ${way} limit ${limit}`)];
}

/** How many rows there are on each side, and the sums of the columns that are summed. */
export interface Totals {
  rows: number;
  apart: number;
  sums: ReportRow;
}

export async function reportTotals(db: Db, name: ReportName, scope: Scope): Promise<Totals> {
  const sql = db.$client;
  if (name === 'purchase-details') return purchaseTotals(sql, scope);
  const { columns, per = '' } = shapeOf(name);
  const once = (column: Column) =>
    sql`(select coalesce(sum(f.fen), 0) from (select distinct on (q.${sql(per)}) q.${sql(column.key)} as fen from q order by q.${sql(per)}, q.key collate "C" ${column.sum === 'first' ? sql`asc` : sql`desc`}) f)`;
  const sums = columns
    .filter((column) => column.sum)
    .map((column) => sql`, ${column.sum === true ? sql`coalesce(sum(q.${sql(column.key)}), 0)` : once(column)}::float8 as ${sql(column.key)}`);
  const [row] = await sql<
    (ReportRow & { rows: number })[]
  >`with q as (${queries[name](sql, scope, 'main')}) select count(*)::int as rows ${sums.length > 0 ? sums : sql``} from q`;
  const { rows = 0, ...rest } = row ?? { rows: 0 };
  return { rows, apart: 0, sums: rest as ReportRow };
}

/** From what is kept of closed days, so that a month of millions needs no counting; with the count and sum of each type beside. */
async function purchaseTotals(sql: Sql, { from: first, until: last, merchantNo }: Scope): Promise<Totals> {
  const [row] = await sql<ReportRow[]>`
    select coalesce(sum(purchase_count), 0)::int as "purchaseCount", coalesce(sum(purchase_fen), 0)::float8 as "purchaseFen", coalesce(sum(void_count), 0)::int as "voidCount", coalesce(sum(void_fen), 0)::float8 as "voidFen",
      coalesce(sum(reversal_count), 0)::int as "reversalCount", coalesce(sum(reversal_fen), 0)::float8 as "reversalFen", coalesce(sum(refund_count), 0)::int as "refundCount", coalesce(sum(refund_fen), 0)::float8 as "refundFen",
      coalesce(sum(fee_fen), 0)::float8 as "feeFen", coalesce(sum(purchase_fen + void_fen + reversal_fen + refund_fen), 0)::float8 as "amountFen", coalesce(sum(declined_count), 0)::int as declined
    from totals_between(${first}, ${last}, ${merchantNo})`;
  const of = (key: string) => Number(row?.[key] ?? 0);
  const rows = of('purchaseCount') + of('voidCount') + of('reversalCount') + of('refundCount');
  return { rows, apart: of('declined'), sums: row ?? {} };
}

/** Every row in its own order. */
export function rowsQuery(db: Db, name: ReportName, scope: Scope, side: Side): postgres.PendingQuery<KeyedRow[]> {
  const sql = db.$client;
  const key = name === 'purchase-details' ? sql`q.key` : sql`q.key collate "C"`;
  return sql<KeyedRow[]>`select * from (${queries[name](sql, scope, side)}) q order by ${key}`;
}

/** Stands between the columns of a line, and in none of them. */
const SEPARATOR = '\u001f';
/**
 * The same as lines, so many at a time: texts of the columns in their order, empty where there is nothing. A line comes from PostgreSQL as one text, which is
 * a third of the work of as many values.
 */
export async function* reportLines(db: Db, name: ReportName, scope: Scope, side: Side, batch = 2000): AsyncGenerator<string[][]> {
  const sql = db.$client;
  const free = (column: Column) => column.kind === 'text' && !column.words && !column.coded;
  const texts = shapeOf(name).columns.map((column, i) => {
    const text = sql`coalesce(r.${sql(column.key)}::text, '')`;
    return sql`${i > 0 ? sql`, ` : sql``}${free(column) ? sql`translate(${text}, ${SEPARATOR}, '')` : text}`;
  });
  const rows = sql<{ line: string }[]>`select concat_ws(${SEPARATOR}, ${texts}) as line from (${rowsQuery(db, name, scope, side)}) r`.cursor(batch);
  for await (const some of rows as AsyncIterable<{ line: string }[]>) yield some.map(({ line }) => line.split(SEPARATOR));
}

/** Up to when the figures reach (epoch ms): the end of the last day's settlement, or null while a day of the scope is open; and how many top-ups of the scope still wait. */
export async function standing(db: Db, scope: Scope): Promise<{ closedAt: number | null; pending: number }> {
  const sql = db.$client;
  const { until: last } = scope;
  const [row] = await sql<{ closed: number | null; pending: number }[]>`
    select (select ${ms(sql, sql`kept_at`)} from report_day where business_date >= ${last} order by business_date limit 1) as closed,
      (select count(*)::int from request r where kind = 'topUp' and submitted_at < end_of_day(${last}) and ${ofMerchant(sql, sql`merchant_no`, scope)}
        and (state in ('submitted', 'returned', 'approved', 'failed') or submitted_at >= end_of_day(${last}) - interval '40 days') and ${stateAt(sql, scope)} in ('submitted', 'approved', 'failed')) as pending`;
  return { closedAt: row?.closed ?? null, pending: row?.pending ?? 0 };
}

export interface DayFigures {
  day: string;
  topUpFen: number;
  netFen: number;
}
/** Top-ups and net consumption of all merchants, a row for each day on which there was any. */
export async function figuresByDay(db: Db, first: string, last: string): Promise<DayFigures[]> {
  const rows = await db.$client<DayFigures[]>`
    select business_date as day, sum(top_up_fen)::float8 as "topUpFen", sum(purchase_fen + void_fen + reversal_fen + refund_fen)::float8 as "netFen" from totals_between(${first}, ${last}, '') group by 1 order by 1`;
  return [...rows];
}
