// The lanes of 联机业务: messages of one merchant in their order, each batch one transaction.
import type postgres from 'postgres';
import { looksLost } from './guarded.ts';
import { openLanes as open } from './lanes.ts';
import { type Answered, decideAll, type Incoming, type Render } from './online.ts';
import { Memory } from './online-memory.ts';
import { readScenes, type Tables } from './online-scene.ts';
import { type Outcome, writeOutcomes } from './online-writes.ts';

export interface OnlineLanes {
  take(incoming: Incoming): Promise<Answered>;
  /** Resolves when messages can be taken. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
/** `committed` is called when a batch stands and before anybody is answered. */
interface Points {
  /** A batch is decided, and not written yet. */
  decided(from: 'memory' | 'tables'): void;
  committed(): void;
  /** What was decided from memory could not be written, and not because of what happened meanwhile; it is decided from the tables. */
  astray(error: unknown): void;
}

export function openOnlineLanes(url: string, count: number, render: Render, points: Points): OnlineLanes {
  const lanes = open<Incoming, Answered>(url, count, 'zhangfang online', () => {
    const memory = new Memory();
    const answered = (outcomes: readonly Outcome[]) => {
      points.committed();
      return outcomes.map(({ verdict, body }) => ({ code: verdict.code, body }));
    };
    return {
      ahead(sql, batch, follows) {
        const tables = memory.recall(batch);
        return tables && fromMemory({ sql, memory, render, points, follows }, batch, tables).then((outcomes) => outcomes && answered(outcomes));
      },
      whole: async (sql, batch, follows) => answered(await fromTables({ sql, memory, render, points, follows }, batch)),
    };
  });
  return { take: (incoming) => lanes.take(incoming.message.merchantNo, incoming), ready: async () => undefined, close: lanes.close };
}

interface Lane {
  sql: postgres.Sql;
  memory: Memory;
  render: Render;
  points: Points;
  /** The batch waited for the one before it, so that another will wait for this one. */
  follows: boolean;
}

/** Something changed, the day was closed, a key is known, somebody else had the locks. */
const MEANWHILE = new Set(['ZL008', 'ZL002', '23505', '40001', '40P01', '55P03']);

/** One statement, which stands whole or not at all. Null when something is not remembered, or not so any more: then nothing was written. */
async function fromMemory({ sql, memory, render, points, follows }: Lane, batch: readonly Incoming[], tables: Tables): Promise<Outcome[] | null> {
  try {
    const outcomes = decideAll(tables, batch, render);
    points.decided('memory');
    const held = { transaction: null, reserve: follows ? memory.wanted(batch.length) : 0 };
    const sentAt = performance.now();
    memory.reserve(await writeOutcomes(sql, tables, outcomes, held), sentAt);
    return outcomes;
  } catch (error) {
    memory.forget(batch);
    // Nobody knows what became of a statement whose connection was lost; what PostgreSQL refuses has left nothing.
    if (looksLost(error)) throw error;
    if (!MEANWHILE.has(String((error as { code?: unknown }).code))) points.astray(error);
    return null;
  }
}

/**
 * A transaction in two round trips: its begin goes with the reading, its end with the writing. The connection is the lane's alone and a batch its only work. Where the connection was
 * lost and made again in between, nothing is written (`still_in` raises), and a commit counts when PostgreSQL says so of this very transaction. `deferrable` is the mark by which a statement
 * that must stand alone sees that it does not.
 */
async function fromTables({ sql, memory, render, points, follows }: Lane, batch: readonly Incoming[]): Promise<Outcome[]> {
  try {
    const [, tables] = await all([sql`begin deferrable`.execute(), readScenes(sql, batch)]);
    const outcomes = decideAll(tables, batch, render);
    points.decided('tables');
    const held = { transaction: tables.transaction, reserve: follows ? memory.wanted(batch.length) : 0 };
    const sentAt = performance.now();
    const written = writeOutcomes(sql, tables, outcomes, held);
    const ended = sql`commit`.execute();
    const status = sql<{ status: string | null }[]>`select pg_xact_status(${tables.transaction}::text::xid8) as status`.execute();
    const [ids, , [row]] = await all([written, ended, status]);
    if (row?.status !== 'committed') throw Object.assign(new Error('the transaction did not commit'), { code: '40001' });
    memory.keep(tables);
    memory.reserve(ids, sentAt);
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
