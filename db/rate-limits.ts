// So many calls per key and window, counted where every web process counts.
import { sql } from 'drizzle-orm';
import type { Db, Tx } from './connect.ts';

/** Counts a call; false when `most` were made within the window (ms) already. */
export async function mayCall(db: Db | Tx, key: string, most: number, windowMs: number): Promise<boolean> {
  const [row] = await db.execute<{ count: number }>(sql`
    insert into rate_limit as l (key, since, count) values (${key}, now(), 1)
    on conflict (key) do update set
      since = case when l.since < now() - make_interval(secs => ${windowMs / 1000}) then now() else l.since end,
      count = case when l.since < now() - make_interval(secs => ${windowMs / 1000}) then 1 else l.count + 1 end
    returning count`);
  return (row?.count ?? 0) <= most;
}
