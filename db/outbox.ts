// What open pages should hear of: written with the change itself, told by NOTIFY when it is committed, kept for an hour.
import { lt, type SQL, sql } from 'drizzle-orm';
import { involvedIn, type Request } from '../workflows/rules/request.ts';
import { connectTo } from './address.ts';
import { APP_ROLE, type Db, type Tx } from './connect.ts';
import { outbox } from './schema.ts';

const CHANNEL = 'zhangfang';
const KEPT_MS = 3_600_000;
const RETRY_MS = 500;
/** Ids are given before a commit: one that commits late may be lower than one already told. A stream that goes on looks back that far. */
const LOOK_BACK = 500;

export interface News {
  id: number;
  requestNo: string;
  groups: string[];
  people: string[];
}

/** Parts of the statement that saves a request: `heard` keeps the news, `told` tells it. The group it waited for before (`was`) hears of it too. */
export function announcing(from: Request, waits: string | null, was: SQL): { heard: SQL; tell: SQL } {
  const people = new Set([...involvedIn(from), ...(from.claim ? [from.claim.by.code] : [])]);
  return {
    heard: sql`insert into outbox (request_no, groups, people)
      select ${from.requestNo}, array(select distinct g from unnest(array[${waits}::text, (${was})]) g where g is not null), ${sql.param([...people])}::text[]
      returning id, groups, people`,
    tell: sql`select pg_notify(${CHANNEL}, json_build_object('id', id, 'requestNo', ${from.requestNo}::text, 'groups', groups, 'people', people)::text) from heard`,
  };
}

/**
 * Calls `tell` for each piece of news of any process, and `again` whenever the connection had to be made anew (news may have been missed). The driver's own
 * `listen` gives up when PostgreSQL is not back at once, so the connection is kept here.
 */
export function listen(url: string, tell: (news: News) => void, again: () => void): () => Promise<void> {
  let closing = false;
  let timer: NodeJS.Timeout | null = null;
  const kept = { max: 1, idle_timeout: 0, max_lifetime: null, fetch_types: false, connect_timeout: 5, onnotice: () => undefined };
  const heard = { onnotify: (_channel: string, text: string) => tell(JSON.parse(text) as News), onclose: () => retry(RETRY_MS) };
  const client = connectTo(url, { ...kept, ...heard, connection: { application_name: 'zhangfang news', role: APP_ROLE } });
  const retry = (wait: number) => {
    if (closing || timer) return;
    timer = setTimeout(() => {
      timer = null;
      client.unsafe(`listen ${CHANNEL}`).then(again, () => retry(RETRY_MS));
    }, wait);
  };
  retry(0);
  return async () => {
    closing = true;
    if (timer) clearTimeout(timer);
    await client.end({ timeout: 1 });
  };
}

/** News since a stream broke off; `null` when that is too long ago to tell. */
export async function newsSince(db: Db, id: number): Promise<News[] | null> {
  const rows = await db.$client<
    News[]
  >`select id::float8 as id, request_no as "requestNo", groups, people from outbox where id > ${id - LOOK_BACK} order by id limit 2000`;
  return rows.length === 0 || rows.length === 2000 ? null : rows;
}

/** A page is made a moment after it was read, and a transaction is seen a moment after it began: so much, ms, is looked back. */
const MOMENT_MS = 3000;

/** News since a page was made (epoch ms), or perhaps a little earlier; `null` when that is too long ago to tell. */
export async function newsFrom(db: Db, madeAt: number): Promise<News[] | null> {
  if (Date.now() - madeAt > KEPT_MS - MOMENT_MS) return null;
  const rows = await db.$client<News[]>`select id::float8 as id, request_no as "requestNo", groups, people from outbox
    where at >= to_timestamp(${(madeAt - MOMENT_MS) / 1000}::float8) order by id limit 2000`;
  return rows.length === 2000 ? null : rows;
}

export async function sweepOutbox(tx: Tx): Promise<void> {
  await tx.delete(outbox).where(lt(outbox.at, new Date(Date.now() - KEPT_MS)));
}
