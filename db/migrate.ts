// Brings a database to the present schema and seeds what is missing; safe to run by several processes at once.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { sql } from 'drizzle-orm';
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator';
import { APP_ROLE, closeDb, openDb } from './connect.ts';
import { fillInitials } from './merchants.ts';
import { seedReference } from './reference.ts';
import { seedRights } from './rights.ts';
import { seedModels } from './terminals.ts';
import { seedGroups } from './users.ts';

const folder = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const LOCK = 20131103;

/** `appUrl`: the address that the processes will work at; its role (zhangfang_app) may sign in with the password in it from now on. */
export async function migrate(url: string, appUrl = url): Promise<void> {
  const db = openDb(url, 1, null);
  try {
    await db.execute(sql`select pg_advisory_lock(${LOCK})`);
    await drizzleMigrate(db, { migrationsFolder: folder('migrations') });
    for (const file of ['numbers.sql', 'ledger.sql', 'online.sql', 'reports.sql', 'roles.sql']) await db.$client.unsafe(readFileSync(folder(file), 'utf8'));
    const app = new URL(appUrl);
    if (app.username === APP_ROLE)
      await db.execute(sql.raw(`alter role ${APP_ROLE} login password '${decodeURIComponent(app.password).replaceAll("'", "''")}'`));
    await db.transaction(async (tx) => {
      const calendar = rows<{ date: string; working: string; note: string }>('calendar').map((row) => ({ ...row, working: row.working === 'true' }));
      await seedReference(tx, { areas: rows('areas'), mccs: rows('mccs'), banks: rows('banks'), policies: rows('policies'), calendar });
      await seedGroups(tx, rows('groups'));
      await seedModels(tx, rows('models'));
      const functions = rows<{ code: string; moduleCode: string; nameZh: string; nameEn: string }>('functions').map((row, sort) => ({ ...row, sort }));
      const modules = rows<{ code: string; nameZh: string; nameEn: string }>('modules').map((row, sort) => ({ ...row, sort }));
      const rights = rows<{ groupCode: string; functionCodes: string }>('rights').flatMap(({ groupCode, functionCodes }) =>
        functionCodes.split(' ').map((functionCode) => ({ groupCode, functionCode })),
      );
      await seedRights(tx, { modules, functions, rights });
    });
    await fillInitials(db);
    await db.execute(sql`select pg_advisory_unlock(${LOCK})`);
  } finally {
    await closeDb(db);
  }
}

/** Rows of `seed/<name>.csv`, keyed by its header. */
function rows<Row>(name: string): Row[] {
  return parse(readFileSync(folder(`seed/${name}.csv`)), { columns: true, skip_empty_lines: true, trim: true });
}
