// Sign-in: sessions, captchas and failures.
import { and, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import type { Actor } from '../workflows/rules/request.ts';
import type { Db, Reader, Tx } from './connect.ts';
import { captcha, session, signInFailure } from './schema.ts';

export const IDLE_MS = 15 * 60_000;
export const LONGEST_MS = 12 * 3_600_000;
export const LOCK_MS = 30 * 60_000;
export const LOCK_AFTER = 5;

export interface SignedIn {
  actor: Actor;
  mustChangePassword: boolean;
}

/**
 * Who a session belongs to, with groups and rights as they are now; null when it ended, idled for 15 min, is older than 12 h or the user is disabled.
 * With `activity` the idle time starts anew (at most one write a minute).
 */
export async function readSession(db: Db, idHash: string, activity: boolean): Promise<SignedIn | null> {
  const [row] = await db.$client<SessionRow[]>`
    select u.code, u.name, u.must_change_password, (extract(epoch from s.active_at) * 1000)::float8 as active_at,
      array(select m.group_code::text from group_member m join user_group g on g.code = m.group_code and g.status = 'active' where m.user_code = u.code order by 1) as groups,
      array(select distinct r.function_code from group_right r join group_member m on m.group_code = r.group_code
        join user_group g on g.code = m.group_code and g.status = 'active' where m.user_code = u.code order by 1) as rights
    from session s join app_user u on u.code = s.user_code and u.status = 'active'
    where s.id_hash = ${idHash} and s.ended_at is null and s.active_at > ${ago(IDLE_MS)}::timestamptz and s.created_at > ${ago(LONGEST_MS)}::timestamptz`;
  if (!row) return null;
  if (activity && Date.now() - row.active_at > 60_000) await touch(db, idHash);
  return { actor: { code: row.code, name: row.name, groups: row.groups, rights: row.rights }, mustChangePassword: row.must_change_password };
}

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

interface SessionRow {
  code: string;
  name: string;
  must_change_password: boolean;
  /** Epoch ms. */
  active_at: number;
  groups: string[];
  rights: string[];
}

async function touch(db: Db, idHash: string): Promise<void> {
  await db
    .update(session)
    .set({ activeAt: new Date() })
    .where(and(eq(session.idHash, idHash), isNull(session.endedAt)));
}

export async function openSession(tx: Tx, idHash: string, userCode: string, address: string): Promise<void> {
  const now = new Date();
  await tx.insert(session).values({ idHash, userCode, createdAt: now, activeAt: now, address });
}

export async function endSession(tx: Tx, idHash: string): Promise<void> {
  await tx
    .update(session)
    .set({ endedAt: new Date() })
    .where(and(eq(session.idHash, idHash), isNull(session.endedAt)));
}

/** Ends a user's sessions, but for `keep`. */
export async function endSessionsOf(tx: Tx, userCode: string, keep = ''): Promise<void> {
  await tx
    .update(session)
    .set({ endedAt: new Date() })
    .where(and(eq(session.userCode, userCode), isNull(session.endedAt), ne(session.idHash, keep)));
}

export async function keepCaptcha(tx: Tx, row: { id: string; answer: string; image: string }): Promise<void> {
  await tx.delete(captcha).where(lt(captcha.createdAt, new Date(Date.now() - 10 * 60_000)));
  await tx.insert(captcha).values({ ...row, createdAt: new Date() });
}

export async function captchaImage(db: Reader, id: string): Promise<string | null> {
  const [row] = await db.select({ image: captcha.image }).from(captcha).where(eq(captcha.id, id));
  return row?.image ?? null;
}

/** Checks an answer and uses the captcha up, right or wrong. */
export async function solveCaptcha(tx: Tx, id: string, answer: string): Promise<boolean> {
  const rows = await tx
    .delete(captcha)
    .where(and(eq(captcha.id, id), gt(captcha.createdAt, new Date(Date.now() - 10 * 60_000))))
    .returning({ answer: captcha.answer });
  return rows[0] !== undefined && rows[0].answer.toLowerCase() === answer.trim().toLowerCase();
}

export interface Failures {
  fromHere: number;
  fromElsewhere: number;
}

/** Failures of the last 30 min: five from one address lock the account for that address; those from elsewhere slow it down. */
export async function recentFailures(db: Reader, userCode: string, address: string): Promise<Failures> {
  const since = new Date(Date.now() - LOCK_MS);
  const here = sql<number>`count(*) filter (where ${signInFailure.address} = ${address})::int`;
  const elsewhere = sql<number>`count(*) filter (where ${signInFailure.address} <> ${address})::int`;
  const [row] = await db
    .select({ fromHere: here, fromElsewhere: elsewhere })
    .from(signInFailure)
    .where(and(eq(signInFailure.userCode, userCode.toLowerCase()), gt(signInFailure.at, since)));
  return row ?? { fromHere: 0, fromElsewhere: 0 };
}

export async function recordFailure(tx: Tx, userCode: string, address: string): Promise<void> {
  await tx.insert(signInFailure).values({ userCode: userCode.toLowerCase().slice(0, 40), address, at: new Date() });
}

export async function forgetFailures(tx: Tx, userCode: string, address: string): Promise<void> {
  await tx.delete(signInFailure).where(and(eq(signInFailure.userCode, userCode.toLowerCase()), eq(signInFailure.address, address)));
}
