// 模块, 功能 and 组权限.
import { asc, eq, sql } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { groupRight, module, moduleFunction } from './schema.ts';

export interface MenuRow {
  module: typeof module.$inferSelect;
  entry: typeof moduleFunction.$inferSelect;
}

/** Every module with its functions, as the menu shows them. */
export async function menuRows(db: Reader): Promise<MenuRow[]> {
  return db
    .select({ module, entry: moduleFunction })
    .from(moduleFunction)
    .innerJoin(module, eq(module.code, moduleFunction.moduleCode))
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
