// The lanes of 联机业务: messages of one merchant in their order, each batch one transaction.
import type postgres from 'postgres';
import { unload } from './guarded.ts';
import { openLanes as open } from './lanes.ts';
import { type Answered, decideAll, type Incoming, type Render } from './online.ts';
import { readScenes } from './online-scene.ts';
import { type Outcome, writeOutcomes } from './online-writes.ts';

export interface OnlineLanes {
  take(incoming: Incoming): Promise<Answered>;
  /** Resolves when messages can be taken. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
/** `committed` is called when a batch stands and before anybody is answered. */
interface Points {
  decided(): void;
  committed(): void;
}

export function openOnlineLanes(url: string, count: number, render: Render, points: Points): OnlineLanes {
  const lanes = open<Incoming, Answered>(url, count, 'zhangfang online', async (sql, batch) => {
    const outcomes = await transact(sql, batch, render, points);
    points.committed();
    return outcomes.map(({ verdict, body }) => ({ code: verdict.code, body }));
  });
  return { take: (incoming) => lanes.take(incoming.message.merchantNo, incoming), ready: async () => undefined, close: lanes.close };
}

/**
 * A transaction in two round trips: its begin goes with the reading, its end with the writing. The connection is the lane's alone and a batch its only work. Where the connection was
 * lost and made again in between, nothing is written (`still_in` raises), and a commit counts when PostgreSQL says so of this very transaction.
 */
async function transact(sql: postgres.Sql, batch: readonly Incoming[], render: Render, points: Points): Promise<Outcome[]> {
  try {
    const [, tables] = await all([sql`begin`.execute(), readScenes(sql, batch)]);
    const outcomes = decideAll(tables, batch, render);
    points.decided();
    const written = writeOutcomes(sql, tables, outcomes);
    const ended = sql`commit`.execute();
    const status = sql<{ status: string | null }[]>`select pg_xact_status(${tables.transaction}::text::xid8) as status`.execute();
    const [, , [row]] = await all([written, ended, status]);
    unload(written);
    if (row?.status !== 'committed') throw Object.assign(new Error('the transaction did not commit'), { code: '40001' });
    return outcomes;
  } catch (error) {
    await sql`rollback`.catch(() => undefined);
    throw error;
  }
}

/** All of them, each waited for, whatever becomes of the others; throws what the first that failed says. */
async function all<Given extends readonly PromiseLike<unknown>[]>(given: Given): Promise<{ -readonly [K in keyof Given]: Awaited<Given[K]> }> {
  const results = await Promise.allSettled(given);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as never;
}
