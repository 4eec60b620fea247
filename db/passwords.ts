// The last passwords of a user, so that none of them is chosen again.
import { desc, eq, sql } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { passwordHistory } from './schema.ts';

export const KEPT_PASSWORDS = 4;

/** Hashes of the last four passwords, the latest first. */
export async function lastPasswords(db: Reader, userCode: string): Promise<string[]> {
  const rows = await db
    .select({ hash: passwordHistory.passwordHash })
    .from(passwordHistory)
    .where(eq(passwordHistory.userCode, userCode))
    .orderBy(desc(passwordHistory.id))
    .limit(KEPT_PASSWORDS);
  return rows.map((row) => row.hash);
}

export async function rememberPassword(tx: Tx, userCode: string, passwordHash: string): Promise<void> {
  await tx.insert(passwordHistory).values({ userCode, passwordHash, at: new Date() });
  await tx.execute(sql`delete from password_history where user_code = ${userCode}
    and id not in (select id from password_history where user_code = ${userCode} order by id desc limit ${KEPT_PASSWORDS})`);
}
