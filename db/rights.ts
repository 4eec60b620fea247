// 模块, 功能 and 组权限.
import { asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { groupRight, module, moduleFunction } from './schema.ts';

export interface MenuRow {
  module: typeof module.$inferSelect;
  entry: typeof moduleFunction.$inferSelect;
}

/** Functions that a user may use now: of active groups and enabled modules. */
export const rightsInForce = (userCode: string): SQL => sql`select distinct r.function_code as code from group_right r
  join group_member m on m.group_code = r.group_code join user_group g on g.code = m.group_code and g.status = 'active'
  join module_function f on f.code = r.function_code join module o on o.code = f.module_code and o.status = 'active' where m.user_code = ${userCode} order by 1`;

export type ModuleRow = typeof module.$inferSelect;
export const modules = (db: Reader): Promise<ModuleRow[]> => db.select().from(module).orderBy(asc(module.sort), asc(module.code));
export const functions = (db: Reader) => db.select().from(moduleFunction).orderBy(asc(moduleFunction.sort));

/** `function:group` of every right that is given. */
export async function givenRights(db: Reader): Promise<{ groupCode: string; functionCode: string }[]> {
  return db.select().from(groupRight).orderBy(asc(groupRight.groupCode), asc(groupRight.functionCode));
}

export async function setGroupRights(tx: Tx, groupCode: string, functionCodes: readonly string[]): Promise<void> {
  await tx.delete(groupRight).where(eq(groupRight.groupCode, groupCode));
  if (functionCodes.length > 0) await tx.insert(groupRight).values(functionCodes.map((functionCode) => ({ groupCode, functionCode })));
}

/** The rights of every group to the functions of one module: pairs `function:group`. */
export async function setModuleRights(tx: Tx, moduleCode: string, pairs: readonly string[]): Promise<void> {
  const own = tx.select({ code: moduleFunction.code }).from(moduleFunction).where(eq(moduleFunction.moduleCode, moduleCode));
  await tx.delete(groupRight).where(inArray(groupRight.functionCode, own));
  const rows = pairs.map((pair) => pair.split(':')).flatMap(([functionCode, groupCode]) => (functionCode && groupCode ? [{ functionCode, groupCode }] : []));
  if (rows.length > 0) await tx.insert(groupRight).values(rows);
}

export async function addModule(tx: Tx, row: typeof module.$inferInsert): Promise<void> {
  await tx.insert(module).values(row);
}

export async function changeModule(tx: Tx, code: string, change: Partial<Omit<ModuleRow, 'code'>>): Promise<void> {
  await tx.update(module).set(change).where(eq(module.code, code));
}

export async function removeModule(tx: Tx, code: string): Promise<void> {
  await tx.delete(module).where(eq(module.code, code));
}

/** People who may use a function now. */
export async function holders(db: Reader, functionCode: string): Promise<{ code: string; name: string; group: string }[]> {
  return db.execute<{ code: string; name: string; group: string }>(sql`select u.code, u.name, string_agg(g.code, ' ' order by g.code) as "group" from app_user u
    join group_member m on m.user_code = u.code join user_group g on g.code = m.group_code and g.status = 'active'
    join group_right r on r.group_code = g.code and r.function_code = ${functionCode}
    join module_function f on f.code = r.function_code join module o on o.code = f.module_code and o.status = 'active'
    where u.status = 'active' group by u.code, u.name order by u.code`);
}

/** Every module with its functions, as the menu shows them. */
export async function menuRows(db: Reader): Promise<MenuRow[]> {
  return db
    .select({ module, entry: moduleFunction })
    .from(moduleFunction)
    .innerJoin(module, eq(module.code, moduleFunction.moduleCode))
    .where(eq(module.status, 'active'))
    .orderBy(asc(module.sort), asc(moduleFunction.sort));
}

/** Whether each of these groups is active and has the right: a plan must not wait for a group that cannot decide. */
export async function groupsHave(db: Reader, groups: readonly string[], right: string): Promise<boolean> {
  const rows = await db.execute<{ n: number }>(sql`select count(distinct g.code)::int as n from user_group g join group_right r on r.group_code = g.code
    where g.status = 'active' and r.function_code = ${right} and g.code in (select unnest(${sql.param([...groups])}::text[]))`);
  return rows[0]?.n === new Set(groups).size;
}

/** Seeds rights only where a group or function is new, so that what administrators changed stays. */
export async function seedRights(
  tx: Tx,
  rows: { modules: (typeof module.$inferInsert)[]; functions: (typeof moduleFunction.$inferInsert)[]; rights: (typeof groupRight.$inferInsert)[] },
): Promise<void> {
  await tx.insert(module).values(rows.modules).onConflictDoNothing();
  const fresh = await tx.insert(moduleFunction).values(rows.functions).onConflictDoNothing().returning({ code: moduleFunction.code });
  const codes = new Set(fresh.map((row) => row.code));
  const rights = rows.rights.filter((right) => codes.has(right.functionCode));
  if (rights.length > 0) await tx.insert(groupRight).values(rights).onConflictDoNothing();
}
