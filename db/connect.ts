// One pool per process. Reads take `Db | Tx`; writes take `Tx`, so that a write compiles only inside a transaction.

import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { connectTo } from './address.ts';
import { guarded } from './guarded.ts';

export type Db = PostgresJsDatabase & { $client: postgres.Sql };
export type Tx = PostgresJsTransaction<Record<string, never>, ExtractTablesWithRelations<Record<string, never>>>;
export type Reader = Db | Tx;

/** The role of the application (roles.sql): nothing of it can change the ledger but by posting. */
export const APP_ROLE = 'zhangfang_app';

/** Opens a pool of at most `max` connections; `role` null works as whoever the address signs in, which only migrations need. */
export function openDb(url: string, max = 10, role: string | null = APP_ROLE): Db {
  const client = connectTo(url, {
    max,
    onnotice: () => undefined,
    connect_timeout: 5,
    idle_timeout: 60,
    connection: { application_name: 'zhangfang', ...(role ? { role } : {}) },
  });
  return drizzle(guarded(preparing(client)));
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
  await db.$client.end({ timeout: 5 });
}

/** Refuses a PostgreSQL that may forget a commit. */
export async function assertDurable(db: Db): Promise<void> {
  const [row] = await db.$client`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`;
  if (row?.fsync !== 'on' || row?.commit === 'off') throw new Error('PostgreSQL must run with fsync=on and synchronous_commit on');
}
