// 待办: what waits for whom, page by page. Keyset paging on (dueAt, number), so that any page costs as much as the first.
import type postgres from 'postgres';
import { kindNames, kindRule } from '../workflows/rules/kinds.ts';
import { readFen } from '../workflows/rules/money.ts';
import type { Actor } from '../workflows/rules/request.ts';
import type { Db } from './connect.ts';
import { containing } from './like.ts';

export const tabs = ['mine', 'unclaimed', 'handled', 'started'] as const;
export type Tab = (typeof tabs)[number];
/** What waits is sorted by when it is due, when it came, or its amount, largest first. */
export const sorts = ['due', 'newest', 'amount'] as const;
export type Sort = (typeof sorts)[number];

export interface InboxFilter {
  tab: Tab;
  kind?: string;
  q?: string;
  sort?: Sort;
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

type Part = postgres.PendingQuery<postgres.Row[]>;

/** One page of a tab, soonest due first (handled and started: newest first). `amountFen` is in fen. */
export async function inboxPage(db: Db, actor: Actor, filter: InboxFilter, limit: number): Promise<InboxRow[]> {
  return db.$client<InboxRow[]>`${pageOf(db.$client, actor, filter, limit)}`;
}

function pageOf(sql: postgres.Sql, actor: Actor, filter: InboxFilter, limit: number): Part {
  const ofOne = filter.tab === 'handled' || filter.tab === 'started';
  const descending = ofOne || (filter.sort ?? 'due') !== 'due';
  const { key, value } = sort(sql, filter);
  const { after } = filter;
  const page = !after
    ? sql``
    : descending
      ? sql`and (${key}, r.request_no) < (${value(after.at)}, ${after.requestNo})`
      : sql`and (${key}, r.request_no) > (${value(after.at)}, ${after.requestNo})`;
  const order = descending ? sql`order by ${key} desc, r.request_no desc limit ${limit}` : sql`order by ${key}, r.request_no limit ${limit}`;
  const columns = rowColumns(sql, filter.sort === 'amount' && !ofOne ? sql`${key}::float8` : epochMs(sql, key));
  const where = sql`${narrowed(sql, filter)} ${page}`;
  if (ofOne) return sql`select ${columns} from ${own(sql, actor, filter.tab)} ${where} ${order}`;
  // Group by group, because only then each index scan comes in the order of the page and stops after it.
  return sql`select w.* from unnest(${[...actor.groups]}::text[]) g(code)
    cross join lateral (select ${columns} from ${waiting(sql, actor, filter.tab)} ${where} ${order}) w order by ${descending ? sql`w.at desc, w."requestNo" desc` : sql`w.at, w."requestNo"`} limit ${limit}`;
}

export interface Refresh {
  /** The page as it is now. */
  fresh: InboxRow[];
  /** What was shown and is not on it, whatever has become of it, in no order. */
  kept: InboxRow[];
  counts: Counts;
}

/** What a list that was shown before (`shown`: its numbers) needs to know now, in one round trip: hundreds of pages ask for it while a day is busy. */
export async function inboxRefresh(db: Db, actor: Actor, filter: InboxFilter, limit: number, shown: readonly string[]): Promise<Refresh> {
  const sql = db.$client;
  const visible = sql`(r.maker_code = ${actor.code} or r.waits_for = any(${[...actor.groups]}) or r.kind = any(${reviewedBy(actor)}) or r.claimed_by = ${actor.code}
      or exists (select 1 from request_decision d where d.request_no = r.request_no and d.user_code = ${actor.code}))`;
  const [row] = await sql<(Counts & Omit<Refresh, 'counts'>)[]>`with fresh as materialized (${pageOf(sql, actor, filter, limit)}), kept as (
      select ${rowColumns(sql, epochMs(sql, sql`coalesce(r.due_at, r.updated_at)`))} from request r
      where r.request_no = any(${[...shown]}) and r.request_no not in (select "requestNo" from fresh) and ${visible})
    select (select coalesce(json_agg(fresh), '[]') from fresh) as fresh, (select coalesce(json_agg(kept), '[]') from kept) as kept, ${countsOf(sql, actor, filter)}`;
  const { fresh = [], kept = [], ...counts } = { ...NONE, ...row };
  return { fresh, kept, counts };
}

/** Kinds that somebody with these rights reviews. */
const reviewedBy = ({ rights }: Actor): string[] => kindNames.filter((kind) => rights.includes(kindRule(kind).reviewRight));

function rowColumns(sql: postgres.Sql, at: Part) {
  return sql`r.request_no as "requestNo", r.kind, r.state, r.title, r.merchant_no as "merchantNo", r.amount_fen::float8 as "amountFen", r.maker_name as "makerName",
    r.level, r.levels, case when r.claimed_until > now() then r.claimed_by end as "claimedBy", r.overdue, r.revision, r.submissions, ${epochMs(sql, sql`r.due_at`)} as "dueAt", ${at} as at`;
}

/** How many a tab holds: exact below 1000, 1000 meaning 999+. */
export interface Counts {
  mine: number;
  unclaimed: number;
  started: number;
}

const NONE: Counts = { mine: 0, unclaimed: 0, started: 0 };

/** All in one round trip. */
export async function inboxCounts(db: Db, actor: Actor, filter: Pick<InboxFilter, 'kind' | 'q'>): Promise<Counts> {
  const sql = db.$client;
  const [row] = await sql<Counts[]>`select ${countsOf(sql, actor, filter)}`;
  return row ?? NONE;
}

/** The first of them alone, which every page shows in its menu. */
export async function waitingCount(db: Db, actor: Actor): Promise<number> {
  const sql = db.$client;
  const [row] = await sql<{ n: number }[]>`select ${waitingOf(sql, actor, 'mine', sql``)} as n`;
  return row?.n ?? 0;
}

function countsOf(sql: postgres.Sql, actor: Actor, filter: Pick<InboxFilter, 'kind' | 'q'>): Part {
  const where = narrowed(sql, { ...filter, tab: 'mine' });
  return sql`${waitingOf(sql, actor, 'mine', where)} as mine, ${waitingOf(sql, actor, 'unclaimed', where)} as unclaimed,
    (select count(*)::int from (select 1 from ${own(sql, actor, 'started')} ${where} and r.state in ('submitted', 'returned', 'approved', 'failed') limit ${COUNT_LIMIT}) c) as started`;
}

const waitingOf = (sql: postgres.Sql, actor: Actor, tab: Tab, where: Part): Part =>
  sql`(select least(coalesce(sum(n), 0), ${COUNT_LIMIT})::int from unnest(${[...actor.groups]}::text[]) g(code)
    cross join lateral (select count(*) as n from (select 1 from ${waiting(sql, actor, tab)} ${where} limit ${COUNT_LIMIT}) c) d)`;

const epochMs = (sql: postgres.Sql, moment: Part) => sql`(extract(epoch from ${moment}) * 1000)::float8`;

/** What a page is sorted by, and how a cursor's number becomes a value of it. */
function sort(sql: postgres.Sql, { tab, sort: by = 'due' }: InboxFilter) {
  const moment = (at: number) => sql`${new Date(at).toISOString()}::timestamptz`;
  if (tab === 'handled') return { key: sql`d.at`, value: moment };
  if (tab === 'started' || by === 'newest') return { key: sql`r.submitted_at`, value: moment };
  return by === 'amount' ? { key: sql`coalesce(r.amount_fen, 0)`, value: (at: number) => sql`${at}::float8::bigint` } : { key: sql`r.due_at`, value: moment };
}

/** What I decided, or what I submitted. */
function own(sql: postgres.Sql, actor: Actor, tab: Tab) {
  if (tab === 'handled') return sql`request_decision d join request r on r.request_no = d.request_no where d.user_code = ${actor.code}`;
  return sql`request r where r.maker_code = ${actor.code}`;
}

/** What waits for the group `g`; nobody finds there what they had a hand in. */
function waiting(sql: postgres.Sql, actor: Actor, tab: Tab) {
  const mine = sql`request r where r.waits_for = g.code and r.due_at is not null and not r.involved && ${[actor.code]}::text[]`;
  return tab === 'unclaimed' ? sql`${mine} and (r.claimed_until is null or r.claimed_until < now())` : mine;
}

function narrowed(sql: postgres.Sql, filter: InboxFilter) {
  const kind = filter.kind ? sql`and r.kind = ${filter.kind}` : sql``;
  if (!filter.q) return kind;
  const part = containing(filter.q);
  const fen = readFen(filter.q) ?? -1;
  return sql`${kind} and (r.title ilike ${part} or r.request_no ilike ${part} or r.merchant_no like ${part} or r.maker_name like ${part} or r.amount_fen = ${fen})`;
}

export interface RequestFigures {
  byState: { kind: string; state: string; n: number }[];
  oldest: { kind: string; seconds: number }[];
  /** Longest time from an event, as its workflow dated it, to its row: last five minutes. */
  lagSeconds: number;
}

/** Figures for whoever watches the installation. */
export async function requestFigures(db: Db): Promise<RequestFigures> {
  const sql = db.$client;
  const [byState, oldest, lag] = await Promise.all([
    sql<RequestFigures['byState']>`select kind, state, count(*)::int as n from request group by kind, state`,
    sql<
      RequestFigures['oldest']
    >`select kind, extract(epoch from now() - min(submitted_at))::float8 as seconds from request where waits_for is not null group by kind`,
    sql<
      { lag: number }[]
    >`select coalesce(max(extract(epoch from o.at - r.updated_at)), 0)::float8 as lag from outbox o join request r on r.request_no = o.request_no
      where o.at > now() - interval '5 minutes' and r.updated_at <= o.at and not exists (select 1 from outbox later where later.request_no = o.request_no and later.id > o.id)`,
  ]);
  return { byState: [...byState], oldest: [...oldest], lagSeconds: lag[0]?.lag ?? 0 };
}
