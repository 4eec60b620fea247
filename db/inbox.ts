// 待办: what waits for whom, page by page. Keyset paging on (dueAt, number), so that any page costs as much as the first.
import type postgres from 'postgres';
import { readFen } from '../workflows/rules/money.ts';
import type { Actor } from '../workflows/rules/request.ts';
import type { Db } from './connect.ts';

export const tabs = ['mine', 'unclaimed', 'handled', 'started'] as const;
export type Tab = (typeof tabs)[number];

export interface InboxFilter {
  tab: Tab;
  kind?: string;
  q?: string;
  /** Keyset: after this row. */
  after?: { at: number; requestNo: string };
}

export interface InboxRow {
  requestNo: string;
  kind: string;
  state: string;
  title: string;
  merchantNo: string;
  amountFen: number | null;
  makerName: string;
  level: number;
  levels: number;
  claimedBy: string | null;
  overdue: boolean;
  revision: number;
  submissions: number;
  /** Epoch ms. */
  dueAt: number | null;
  /** What the tab sorts by, epoch ms. */
  at: number;
}

export const COUNT_LIMIT = 1000;

/** One page of a tab, soonest due first (handled and started: newest first). `amountFen` is in fen. */
export async function inboxPage(db: Db, actor: Actor, filter: InboxFilter, limit: number): Promise<InboxRow[]> {
  const sql = db.$client;
  const newestFirst = filter.tab === 'handled' || filter.tab === 'started';
  const key = sort(sql, filter.tab);
  const after = filter.after;
  const page = !after
    ? sql``
    : newestFirst
      ? sql`and (${key}, r.request_no) < (${new Date(after.at).toISOString()}::timestamptz, ${after.requestNo})`
      : sql`and (${key}, r.request_no) > (${new Date(after.at).toISOString()}::timestamptz, ${after.requestNo})`;
  return sql<InboxRow[]>`
    select r.request_no as "requestNo", r.kind, r.state, r.title, r.merchant_no as "merchantNo", r.amount_fen::float8 as "amountFen", r.maker_name as "makerName",
      r.level, r.levels, case when r.claimed_until > now() then r.claimed_by end as "claimedBy", r.overdue, r.revision,
      r.submissions, ${epochMs(sql, sql`r.due_at`)} as "dueAt", ${epochMs(sql, key)} as at
    from ${source(sql, actor, filter.tab)} ${narrowed(sql, filter)} ${page}
    order by ${key} ${newestFirst ? sql`desc` : sql`asc`}, r.request_no ${newestFirst ? sql`desc` : sql`asc`} limit ${limit}`;
}

/** How many a tab holds: exact below 1000, 1000 meaning 999+. All in one round trip. */
export async function inboxCounts(db: Db, actor: Actor, filter: Pick<InboxFilter, 'kind' | 'q'>): Promise<Record<'mine' | 'unclaimed' | 'started', number>> {
  const sql = db.$client;
  const some = (tab: Tab) =>
    sql`(select count(*)::int from (select 1 from ${source(sql, actor, tab)} ${narrowed(sql, { ...filter, tab })} ${tab === 'started' ? stillOpen(sql) : sql``} limit ${COUNT_LIMIT}) c)`;
  const [row] = await sql<
    Record<'mine' | 'unclaimed' | 'started', number>[]
  >`select ${some('mine')} as mine, ${some('unclaimed')} as unclaimed, ${some('started')} as started`;
  return row ?? { mine: 0, unclaimed: 0, started: 0 };
}

const epochMs = (sql: postgres.Sql, moment: postgres.PendingQuery<postgres.Row[]>) => sql`(extract(epoch from ${moment}) * 1000)::float8`;
const stillOpen = (sql: postgres.Sql) => sql`and r.state in ('submitted', 'returned', 'approved', 'failed')`;

function sort(sql: postgres.Sql, tab: Tab) {
  if (tab === 'handled') return sql`d.at`;
  return tab === 'started' ? sql`r.submitted_at` : sql`r.due_at`;
}

/** Which rows a tab is about; in 待我审批 nobody finds what they had a hand in. */
function source(sql: postgres.Sql, actor: Actor, tab: Tab) {
  if (tab === 'handled') return sql`request_decision d join request r on r.request_no = d.request_no where d.user_code = ${actor.code}`;
  if (tab === 'started') return sql`request r where r.maker_code = ${actor.code}`;
  const mine = sql`request r where r.waits_for = any(${actor.groups as string[]}) and r.due_at is not null and not r.involved && ${[actor.code]}::text[]`;
  return tab === 'mine' ? mine : sql`${mine} and (r.claimed_until is null or r.claimed_until < now())`;
}

function narrowed(sql: postgres.Sql, filter: InboxFilter) {
  const kind = filter.kind ? sql`and r.kind = ${filter.kind}` : sql``;
  if (!filter.q) return kind;
  const part = `%${filter.q.replaceAll(/[\\%_]/g, (c) => `\\${c}`)}%`;
  const fen = readFen(filter.q) ?? -1;
  return sql`${kind} and (r.title ilike ${part} or r.request_no ilike ${part} or r.merchant_no like ${part} or r.maker_name like ${part} or r.amount_fen = ${fen})`;
}
