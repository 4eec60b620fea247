// How a user likes to work: keys on or off, phrases for reasons, saved views of the inbox.
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { prepared } from './prepared.ts';
import { preference, savedView } from './schema.ts';

export interface Preferences {
  keys: boolean;
  phrases: string[];
}

/** What a user begins with. */
const firstPreferences: Preferences = {
  keys: true,
  phrases: ['资料齐全,准予通过', '影像不清晰,请重新上传', '信息与证照不一致,请核对后修改', '请补充说明材料'],
};

export async function preferencesOf(db: Reader, userCode: string): Promise<Preferences> {
  return (await ofUser(db, { userCode }))[0] ?? firstPreferences;
}
const ofUser = prepared((db) =>
  db
    .select({ keys: preference.keys, phrases: preference.phrases })
    .from(preference)
    .where(eq(preference.userCode, sql.placeholder('userCode')))
    .prepare('preferences'),
);

export async function savePreferences(tx: Tx, userCode: string, preferences: Preferences): Promise<void> {
  await tx
    .insert(preference)
    .values({ userCode, ...preferences })
    .onConflictDoUpdate({ target: preference.userCode, set: preferences });
}

export type SavedView = typeof savedView.$inferSelect;

export async function savedViews(db: Reader, userCode: string): Promise<SavedView[]> {
  return db.select().from(savedView).where(eq(savedView.userCode, userCode)).orderBy(asc(savedView.sort), asc(savedView.id));
}

/** Keeps a query under a name; the same name again replaces it. */
export async function saveView(tx: Tx, userCode: string, name: string, query: string): Promise<void> {
  const last = sql`(select coalesce(max(sort), 0) + 1 from saved_view where user_code = ${userCode})`;
  await tx
    .insert(savedView)
    .values({ userCode, name, query, sort: last, isDefault: false })
    .onConflictDoUpdate({ target: [savedView.userCode, savedView.name], set: { query } });
}

const mine = (userCode: string, id: number) => and(eq(savedView.userCode, userCode), eq(savedView.id, id));

export async function removeView(tx: Tx, userCode: string, id: number): Promise<void> {
  await tx.delete(savedView).where(mine(userCode, id));
}

/** Makes one the view that 待办 opens with, or none when it is that already. */
export async function toggleDefault(tx: Tx, userCode: string, id: number): Promise<void> {
  const [row] = await tx.select({ isDefault: savedView.isDefault }).from(savedView).where(mine(userCode, id));
  await tx
    .update(savedView)
    .set({ isDefault: false })
    .where(and(eq(savedView.userCode, userCode), savedView.isDefault));
  if (row && !row.isDefault) await tx.update(savedView).set({ isDefault: true }).where(mine(userCode, id));
}

/** Moves one before its neighbour. */
export async function moveUp(tx: Tx, userCode: string, id: number): Promise<void> {
  const views = await tx.select().from(savedView).where(eq(savedView.userCode, userCode)).orderBy(asc(savedView.sort), asc(savedView.id)).for('update');
  const at = views.findIndex((view) => view.id === id);
  if (at <= 0) return;
  const order = [...views];
  [order[at - 1], order[at]] = [order[at] as SavedView, order[at - 1] as SavedView];
  for (const [sort, view] of order.entries()) await tx.update(savedView).set({ sort }).where(mine(userCode, view.id));
}
