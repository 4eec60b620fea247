// 用户 and 用户组.
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Actor } from '../workflows/rules/request.ts';
import type { Reader, Tx } from './connect.ts';
import { appUser, groupMember, groupRight, userGroup } from './schema.ts';

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
  const rights = await db
    .selectDistinct({ code: groupRight.functionCode })
    .from(groupRight)
    .innerJoin(groupMember, eq(groupMember.groupCode, groupRight.groupCode))
    .innerJoin(userGroup, and(eq(userGroup.code, groupMember.groupCode), eq(userGroup.status, 'active')))
    .where(eq(groupMember.userCode, user.code));
  return { code: user.code, name: user.name, groups: groups.map((g) => g.code), rights: rights.map((r) => r.code) };
}

/** Active members of a group. */
export async function members(db: Reader, groupCode: string): Promise<{ code: string; name: string }[]> {
  return db
    .select({ code: appUser.code, name: appUser.name })
    .from(groupMember)
    .innerJoin(appUser, eq(appUser.code, groupMember.userCode))
    .where(and(eq(groupMember.groupCode, groupCode), eq(appUser.status, 'active')))
    .orderBy(asc(appUser.code));
}

export async function groups(db: Reader) {
  return db.select().from(userGroup).orderBy(asc(userGroup.code));
}

export async function addUser(tx: Tx, user: Omit<UserRow, 'createdAt'>, groupCodes: readonly string[]): Promise<void> {
  await tx.insert(appUser).values(user).onConflictDoNothing();
  if (groupCodes.length > 0)
    await tx
      .insert(groupMember)
      .values(groupCodes.map((groupCode) => ({ userCode: user.code, groupCode })))
      .onConflictDoNothing();
}

export async function setPassword(tx: Tx, code: string, passwordHash: string, mustChangePassword: boolean): Promise<void> {
  await tx.update(appUser).set({ passwordHash, mustChangePassword }).where(eq(appUser.code, code));
}

export async function seedGroups(tx: Tx, rows: (typeof userGroup.$inferInsert)[]): Promise<void> {
  await tx.insert(userGroup).values(rows).onConflictDoNothing();
}
