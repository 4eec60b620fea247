// `npm run admin:create -- CODE NAME CODE NAME`: the first two administrators of an empty installation, who then make everybody else. Refuses when anybody is there.

import { fileURLToPath } from 'node:url';
import { hash } from '@node-rs/argon2';
import { sql } from 'drizzle-orm';
import { audit } from '../db/audit.ts';
import { closeDb, openDb } from '../db/connect.ts';
import { addUser } from '../db/users.ts';
import { accessFaults } from '../workflows/rules/access.ts';
import { stackEnv } from './place.ts';
import { loadSettings } from './settings.ts';

const INITIAL_PASSWORD = '888888';

/** Makes both or none; answers what is wrong, or null. */
export async function createAdministrators(databaseUrl: string, people: readonly { code: string; name: string }[]): Promise<string | null> {
  if (people.length !== 2 || people[0]?.code.toLowerCase() === people[1]?.code.toLowerCase())
    return 'give two administrators: CODE NAME CODE NAME (nobody can change rights alone)';
  for (const { code, name } of people) {
    const faults = accessFaults('userCreate', { userCode: code, userName: name });
    if (faults.userCode) return `${code}: a code is 8 letters or digits`;
    if (faults.userName) return `${name}: a name is at most 8 letters or 4 汉字 wide`;
  }
  const db = openDb(databaseUrl, 1);
  try {
    return await db.transaction(async (tx) => {
      await tx.execute(sql`lock table app_user in share row exclusive mode`);
      const [row] = await tx.execute<{ n: number }>(sql`select count(*)::int as n from app_user`);
      if (row?.n !== 0) return 'this installation has users already: administrators are made by 用户管理, under four eyes';
      for (const { code, name } of people) {
        await addUser(tx, { code, name, passwordHash: await hash(INITIAL_PASSWORD), mustChangePassword: true, status: 'active' }, ['01']);
        await audit(tx, { by: { code: 'system', name: '系统' }, action: 'access.userCreate', object: code, detail: { by: 'admin:create' } });
      }
      return null;
    });
  } finally {
    await closeDb(db);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [firstCode = '', firstName = '', secondCode = '', secondName = ''] = process.argv.slice(2);
  const { DATABASE_URL } = loadSettings({ ...process.env, ...stackEnv() });
  const fault = await createAdministrators(DATABASE_URL, [
    { code: firstCode, name: firstName },
    { code: secondCode, name: secondName },
  ]);
  console.log(fault ?? `${firstCode} and ${secondCode} may sign in with ${INITIAL_PASSWORD} and must change it at once`);
  process.exitCode = fault ? 1 : 0;
}
