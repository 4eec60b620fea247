// One pool per process. Reads take `Db | Tx`; writes take `Tx`, so that a write compiles only inside a transaction.

import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase, type PostgresJsTransaction } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema.ts';

export type Db = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql };
export type Tx = PostgresJsTransaction<typeof schema, ExtractTablesWithRelations<typeof schema>>;
export type Reader = Db | Tx;

/** Opens a pool of at most `max` connections. */
export function openDb(url: string, max = 10): Db {
  const client = postgres(url, { max, onnotice: () => undefined, connect_timeout: 5, idle_timeout: 60, connection: { application_name: 'zhangfang' } });
  return drizzle(client, { schema });
}

export async function closeDb(db: Db): Promise<void> {
  await db.$client.end({ timeout: 5 });
}

/** Refuses a PostgreSQL that may forget a commit. */
export async function assertDurable(db: Db): Promise<void> {
  const [row] = await db.$client`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`;
  if (row?.fsync !== 'on' || row?.commit === 'off') throw new Error('PostgreSQL must run with fsync=on and synchronous_commit on');
}
