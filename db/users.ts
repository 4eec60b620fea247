// 用户 and 用户组.
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Actor } from '../workflows/rules/request.ts';
import type { Reader, Tx } from './connect.ts';
import { containing } from './like.ts';
import { prepared } from './prepared.ts';
import { rightsInForce } from './rights.ts';
import { appUser, groupMember, userGroup } from './schema.ts';

export type UserRow = typeof appUser.$inferSelect;

export async function findUser(db: Reader, code: string): Promise<UserRow | null> {
  const [row] = await db
    .select()
    .from(appUser)
    .where(eq(sql`lower(${appUser.code})`, code.toLowerCase()));
  return row ?? null;
}

/** A user as an actor, with groups and rights of this moment; null when unknown or disabled. */
export async function findActor(db: Reader, code: string): Promise<Actor | null> {
  const user = await findUser(db, code);
  if (user?.status !== 'active') return null;
  const groups = await db
    .select({ code: groupMember.groupCode })
    .from(groupMember)
    .innerJoin(userGroup, and(eq(userGroup.code, groupMember.groupCode), eq(userGroup.status, 'active')))
    .where(eq(groupMember.userCode, user.code))
    .orderBy(asc(groupMember.groupCode));
  const rights = await db.execute<{ code: string }>(rightsInForce(user.code));
  return { code: user.code, name: user.name, groups: groups.map((g) => g.code), rights: rights.map((r) => r.code) };
}

/** Active members of a group. */
export const members = (db: Reader, groupCode: string): Promise<{ code: string; name: string }[]> => membersOf(db, { groupCode });
const membersOf = prepared((db) =>
  db
    .select({ code: appUser.code, name: appUser.name })
    .from(groupMember)
    .innerJoin(appUser, eq(appUser.code, groupMember.userCode))
    .where(and(eq(groupMember.groupCode, sql.placeholder('groupCode')), eq(appUser.status, 'active')))
    .orderBy(asc(appUser.code))
    .prepare('members'),
);

export async function groups(db: Reader) {
  return db.select().from(userGroup).orderBy(asc(userGroup.code));
}

export interface ListedUser {
  code: string;
  name: string;
  status: 'active' | 'disabled';
  groups: string[];
  /** Last sign-in. */
  seenAt: Date | null;
  mustChangePassword: boolean;
  totp: boolean;
}

/** Users whose code or name contains `q`, by code; `after` a code for the next page. */
export async function users(db: Reader, filter: { q?: string; status?: string; group?: string; after?: string }, limit: number): Promise<ListedUser[]> {
  const { q = '', status = '', group = '', after = '' } = filter;
  const like = containing(q);
  const rows = await db.execute<ListedRow>(sql`
    select u.code, u.name, u.status, u.must_change_password as must_change, (t.confirmed_at is not null) as totp,
      array(select m.group_code::text from group_member m where m.user_code = u.code order by 1) as groups,
      (extract(epoch from (select max(s.created_at) from session s where s.user_code = u.code)) * 1000)::float8 as seen_at
    from app_user u left join totp t on t.user_code = u.code
    where (${q} = '' or u.code ilike ${like} or u.name ilike ${like}) and (${status} = '' or u.status = ${status}) and u.code > ${after}
      and (${group} = '' or exists (select 1 from group_member m where m.user_code = u.code and m.group_code = ${group}))
    order by u.code limit ${limit}`);
  return rows.map(({ must_change, seen_at, ...row }) => ({ ...row, mustChangePassword: must_change, seenAt: seen_at === null ? null : new Date(seen_at) }));
}

interface ListedRow extends Record<string, unknown> {
  code: string;
  name: string;
  status: 'active' | 'disabled';
  must_change: boolean;
  totp: boolean;
  groups: string[];
  seen_at: number | null;
}

/** Codes of all members of a group, active or not. */
export async function memberCodes(db: Reader, groupCode: string): Promise<string[]> {
  const rows = await db.select({ code: groupMember.userCode }).from(groupMember).where(eq(groupMember.groupCode, groupCode)).orderBy(asc(groupMember.userCode));
  return rows.map((row) => row.code);
}

export async function renameUser(tx: Tx, code: string, name: string): Promise<void> {
  await tx.update(appUser).set({ name }).where(eq(appUser.code, code));
}

export async function setUserStatus(tx: Tx, code: string, status: 'active' | 'disabled'): Promise<void> {
  await tx.update(appUser).set({ status }).where(eq(appUser.code, code));
}

/** Whether this user ever did anything, or anything names them: such a user is never erased. */
export async function hasHistory(db: Reader, code: string): Promise<boolean> {
  const [row] = await db.execute<{ known: boolean }>(sql`select exists (select 1 from session where user_code = ${code})
    or exists (select 1 from audit_log where lower(actor_code) = lower(${code})) or exists (select 1 from request_draft where maker_code = ${code}) as known`);
  return row?.known === true;
}

export async function eraseUser(tx: Tx, code: string): Promise<void> {
  await tx.delete(groupMember).where(eq(groupMember.userCode, code));
  await tx.delete(appUser).where(eq(appUser.code, code));
}

export async function setUserGroups(tx: Tx, code: string, groupCodes: readonly string[]): Promise<void> {
  await tx.delete(groupMember).where(eq(groupMember.userCode, code));
  if (groupCodes.length > 0) await tx.insert(groupMember).values(groupCodes.map((groupCode) => ({ userCode: code, groupCode })));
}

export async function addGroup(tx: Tx, row: typeof userGroup.$inferInsert): Promise<void> {
  await tx.insert(userGroup).values(row);
}

export async function changeGroup(tx: Tx, code: string, change: Partial<Pick<typeof userGroup.$inferSelect, 'nameZh' | 'nameEn' | 'status'>>): Promise<void> {
  await tx.update(userGroup).set(change).where(eq(userGroup.code, code));
}

export async function removeGroup(tx: Tx, code: string): Promise<void> {
  await tx.delete(userGroup).where(eq(userGroup.code, code));
}

export async function findGroup(db: Reader, code: string): Promise<typeof userGroup.$inferSelect | null> {
  const [row] = await db
    .select()
    .from(userGroup)
    .where(eq(sql`lower(${userGroup.code})`, code.toLowerCase()));
  return row ?? null;
}

type NewUser = Omit<UserRow, 'createdAt' | 'passwordChangedAt'>;

export async function addUser(tx: Tx, user: NewUser, groupCodes: readonly string[]): Promise<void> {
  await tx.insert(appUser).values(user).onConflictDoNothing();
  if (groupCodes.length > 0)
    await tx
      .insert(groupMember)
      .values(groupCodes.map((groupCode) => ({ userCode: user.code, groupCode })))
      .onConflictDoNothing();
}

export async function setPassword(tx: Tx, code: string, passwordHash: string, mustChangePassword: boolean): Promise<void> {
  await tx.update(appUser).set({ passwordHash, mustChangePassword, passwordChangedAt: new Date() }).where(eq(appUser.code, code));
}

export async function seedGroups(tx: Tx, rows: (typeof userGroup.$inferInsert)[]): Promise<void> {
  await tx.insert(userGroup).values(rows).onConflictDoNothing();
}
