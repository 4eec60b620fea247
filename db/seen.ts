// What a reviewer last saw of a request, so that the next look can show only what differs.
import { and, eq, sql } from 'drizzle-orm';
import type { Db, Reader } from './connect.ts';
import { prepared } from './prepared.ts';
import { requestSeen } from './schema.ts';

export type Seen = Pick<typeof requestSeen.$inferSelect, 'revision' | 'data'>;

export async function lastSeen(db: Reader, requestNo: string, userCode: string): Promise<Seen | null> {
  return (await seenBy(db, { requestNo, userCode }))[0] ?? null;
}
const seenBy = prepared((db) =>
  db
    .select({ revision: requestSeen.revision, data: requestSeen.data })
    .from(requestSeen)
    .where(and(eq(requestSeen.requestNo, sql.placeholder('requestNo')), eq(requestSeen.userCode, sql.placeholder('userCode'))))
    .prepare('seen'),
);

/** Remembers what was decided about or put aside; never goes back to an older revision. */
export async function remember(db: Db, requestNo: string, userCode: string, revision: number, data: Record<string, string>): Promise<void> {
  const row = { requestNo, userCode, revision, data, at: new Date() };
  await db
    .insert(requestSeen)
    .values(row)
    .onConflictDoUpdate({ target: [requestSeen.requestNo, requestSeen.userCode], set: row, setWhere: sql`${requestSeen.revision} <= excluded.revision` });
}
