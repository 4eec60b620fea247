// Sign-in: sessions, captchas and failures.
import { and, desc, eq, gt, isNull, lt, ne, sql } from 'drizzle-orm';
import type { Actor } from '../workflows/rules/request.ts';
import { type Db, type Reader, type Tx, together } from './connect.ts';
import { captcha, session, signInFailure } from './schema.ts';

export const IDLE_MS = 15 * 60_000;
export const LONGEST_MS = 12 * 3_600_000;
export const LOCK_MS = 30 * 60_000;
export const LOCK_AFTER = 5;

export interface SignedIn {
  actor: Actor;
  mustChangePassword: boolean;
  /** One-time codes are in force for this user. */
  totp: boolean;
}

/**
 * Who a session belongs to, with groups and rights as they are now; null when it ended, idled for 15 min, is older than 12 h or the user is disabled.
 * With `activity` the idle time starts anew (at most one write a minute).
 */
export async function readSession(db: Db, idHash: string, activity: boolean): Promise<SignedIn | null> {
  const [row] = await together(
    db,
    ({ $client }) => $client<SessionRow[]>`
    select u.code, u.name, u.must_change_password, exists (select 1 from totp t where t.user_code = u.code and t.confirmed_at is not null) as totp, (extract(epoch from s.active_at) * 1000)::float8 as active_at,
      array(select m.group_code::text from group_member m join user_group g on g.code = m.group_code and g.status = 'active' where m.user_code = u.code order by 1) as groups,
      array(select distinct r.function_code from group_right r join group_member m on m.group_code = r.group_code
        join user_group g on g.code = m.group_code and g.status = 'active' join module_function f on f.code = r.function_code
        join module o on o.code = f.module_code and o.status = 'active' where m.user_code = u.code order by 1) as rights
    from session s join app_user u on u.code = s.user_code and u.status = 'active'
    where s.id_hash = ${idHash} and s.ended_at is null and s.active_at > ${ago(IDLE_MS)}::timestamptz and s.created_at > ${ago(LONGEST_MS)}::timestamptz`,
  );
  if (!row) return null;
  if (activity && Date.now() - row.active_at > 60_000) await touch(db, idHash);
  return { actor: { code: row.code, name: row.name, groups: row.groups, rights: row.rights }, mustChangePassword: row.must_change_password, totp: row.totp };
}

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

interface SessionRow {
  code: string;
  name: string;
  must_change_password: boolean;
  totp: boolean;
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

export async function openSession(tx: Tx, row: { idHash: string; userCode: string; address: string; agent: string }): Promise<void> {
  const now = new Date();
  await tx.insert(session).values({ ...row, createdAt: now, activeAt: now });
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

export type SessionShown = Pick<typeof session.$inferSelect, 'idHash' | 'createdAt' | 'activeAt' | 'address' | 'agent'>;

/** A user's sessions that still hold, the latest first. */
export async function sessionsOf(db: Reader, userCode: string): Promise<SessionShown[]> {
  const now = Date.now();
  const holds = and(isNull(session.endedAt), gt(session.activeAt, new Date(now - IDLE_MS)), gt(session.createdAt, new Date(now - LONGEST_MS)));
  const { idHash, createdAt, activeAt, address, agent } = session;
  return db
    .select({ idHash, createdAt, activeAt, address, agent })
    .from(session)
    .where(and(eq(session.userCode, userCode), holds))
    .orderBy(desc(createdAt))
    .limit(100);
}

/** Ends one session of this user; false when it is not theirs or over. */
export async function endOwnSession(tx: Tx, userCode: string, idHash: string): Promise<boolean> {
  const mine = and(eq(session.idHash, idHash), eq(session.userCode, userCode), isNull(session.endedAt));
  return (await tx.update(session).set({ endedAt: new Date() }).where(mine).returning({ idHash: session.idHash })).length === 1;
}

/** Accounts (in small letters) that are locked for some address now. */
export async function lockedCodes(db: Reader): Promise<Set<string>> {
  const rows = await db
    .selectDistinct({ code: signInFailure.userCode })
    .from(signInFailure)
    .where(gt(signInFailure.at, new Date(Date.now() - LOCK_MS)))
    .groupBy(signInFailure.userCode, signInFailure.address)
    .having(sql`count(*) >= ${LOCK_AFTER}`);
  return new Set(rows.map((row) => row.code));
}

/** 解锁: forgets the failures of an account, from wherever they came. */
export async function unlock(tx: Tx, userCode: string): Promise<void> {
  await tx.delete(signInFailure).where(eq(signInFailure.userCode, userCode.toLowerCase()));
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

export interface Attempt {
  /** Five failures from this address within 30 min: nothing is looked at any more. */
  locked: boolean;
  /** Failures from other addresses, which slow the account down. */
  fromElsewhere: number;
}

/** Counts a try as failed before the password is looked at, so that many at once are no more than five; `forgetFailures` takes it back. */
export async function beginAttempt(tx: Tx, account: string, address: string): Promise<Attempt> {
  const userCode = account.toLowerCase().slice(0, 40);
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${userCode} ${address}`}, 5))`);
  const since = new Date(Date.now() - LOCK_MS);
  const here = sql<number>`count(*) filter (where ${signInFailure.address} = ${address})::int`;
  const elsewhere = sql<number>`count(*) filter (where ${signInFailure.address} <> ${address})::int`;
  const [row] = await tx
    .select({ here, elsewhere })
    .from(signInFailure)
    .where(and(eq(signInFailure.userCode, userCode), gt(signInFailure.at, since)));
  const { here: fromHere, elsewhere: fromElsewhere } = row ?? { here: 0, elsewhere: 0 };
  if (fromHere >= LOCK_AFTER) return { locked: true, fromElsewhere };
  await tx.delete(signInFailure).where(and(eq(signInFailure.userCode, userCode), lt(signInFailure.at, since)));
  await tx.insert(signInFailure).values({ userCode, address, at: new Date() });
  return { locked: false, fromElsewhere };
}

export async function forgetFailures(tx: Tx, userCode: string, address: string): Promise<void> {
  await tx.delete(signInFailure).where(and(eq(signInFailure.userCode, userCode.toLowerCase()), eq(signInFailure.address, address)));
}
