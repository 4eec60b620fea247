// One pool for a process, and one for the web's thread of terminals. Reads take `Db | Tx`; writes take `Tx`, so that a write compiles only inside a transaction.

import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { connectTo } from './address.ts';
import { guarded, looksLost } from './guarded.ts';

export type Db = PostgresJsDatabase & { $client: postgres.Sql };
export type Tx = PostgresJsTransaction<Record<string, never>, ExtractTablesWithRelations<Record<string, never>>>;
export type Reader = Db | Tx;

/** The role of the application (roles.sql): nothing of it can change the ledger but by posting. */
export const APP_ROLE = 'zhangfang_app';

/** A transaction that has said nothing for so long is ended by the server: whatever it holds, others wait for. One that reads through a cursor counts as busy. */
const FORGOTTEN_MS = 300_000;

/** Opens a pool of at most `max` connections; `role` null works as whoever the address signs in, which only migrations need. */
export function openDb(url: string, max = 10, role: string | null = APP_ROLE): Db {
  const open = (most: number, plans = {}): Db => {
    const connection = { application_name: 'zhangfang', idle_in_transaction_session_timeout: FORGOTTEN_MS, ...(role ? { role } : {}), ...plans };
    return drizzle(guarded(preparing(connectTo(url, { max: most, onnotice: () => undefined, connect_timeout: 5, idle_timeout: 60, connection }))));
  };
  const db = open(max);
  shared.set(db, { open: () => open(1, { plan_cache_mode: 'force_generic_plan' }), lines: [] });
  return db;
}

interface Line {
  db: Db;
  /** How many are reading through it. */
  readers: number;
  ready: boolean;
}
interface Lines {
  open(): Db;
  lines: Line[];
}
/** Connections that several readers may use at once, beside each pool. */
const shared = new WeakMap<Db, Lines>();
const MOST_LINES = 4;

/**
 * Quick reads that belong together, all sent through one connection: a pool sends each through another one, and to wake ten of them costs the process twice as
 * much as the reading itself. A read that takes long would keep the others of its line waiting, so it goes through the pool, as does whatever writes more than a
 * statement. What is read by keys needs no new plan for each key. While no line is connected the pool serves.
 */
export async function together<T>(db: Db, read: (db: Db) => Promise<T>): Promise<T> {
  const beside = shared.get(db);
  const line = beside && lineOf(beside);
  if (!line) return read(db);
  line.readers++;
  try {
    return await read(line.db);
  } catch (error) {
    if (looksLost(error)) drop(beside, line);
    throw error;
  } finally {
    line.readers--;
  }
}

function lineOf(beside: Lines): Line | null {
  const [least = null] = beside.lines.filter((line) => line.ready).toSorted((a, b) => a.readers - b.readers);
  if (least?.readers !== 0 && beside.lines.length < MOST_LINES) begin(beside);
  return least;
}

/** A line is used once it has answered. */
function begin(beside: Lines): void {
  const line: Line = { db: beside.open(), readers: 0, ready: false };
  line.db.transaction = () => Promise.reject(new Error('a transaction goes through the pool'));
  beside.lines.push(line);
  line.db.$client`select 1`.then(
    () => {
      line.ready = true;
    },
    () => drop(beside, line),
  );
}

function drop({ lines }: Lines, line: Line): void {
  const at = lines.indexOf(line);
  if (at === -1) return;
  lines.splice(at, 1);
  void line.db.$client.end({ timeout: 1 }).catch(() => undefined);
}

/**
 * drizzle asks for each statement to be planned anew, which costs another round trip as well. Here statements with parameters are prepared, once for
 * each connection.
 */
function preparing<Client extends postgres.Sql | postgres.TransactionSql>(client: Client): Client {
  return new Proxy(client, {
    get(target, key) {
      if (key === 'unsafe')
        return (text: string, values: never[] = [], options = {}) => target.unsafe(text, values, { ...options, prepare: values.length > 0 });
      if (key === 'begin' && 'begin' in target) return (...given: [string, Work] | [Work]) => beginning(target, given);
      if (key === 'savepoint' && 'savepoint' in target)
        return (work: (tx: postgres.TransactionSql) => unknown) => target.savepoint((tx) => work(preparing(tx)));
      return Reflect.get(target, key, target);
    },
  });
}

type Work = (tx: postgres.TransactionSql) => unknown;
function beginning(target: postgres.Sql, given: [string, Work] | [Work]) {
  const [options, work] = given.length === 2 ? given : ['', given[0]];
  return target.begin(options, (tx) => work(preparing(tx)));
}

/** A write that is one statement is a transaction by itself: no begin and no commit travel with it. */
export const oneStatement = <T>(db: Db, write: (tx: Tx) => Promise<T>): Promise<T> => write(db as unknown as Tx);

export async function closeDb(db: Db): Promise<void> {
  const beside = shared.get(db)?.lines ?? [];
  shared.delete(db);
  await Promise.all([db, ...beside.map((line) => line.db)].map((one) => one.$client.end({ timeout: 5 })));
}

/** Refuses a PostgreSQL that may forget a commit. */
export async function assertDurable(db: Db): Promise<void> {
  const [row] = await db.$client`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`;
  if (row?.fsync !== 'on' || row?.commit === 'off') throw new Error('PostgreSQL must run with fsync=on and synchronous_commit on');
}
