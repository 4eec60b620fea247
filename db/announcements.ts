// 公告 on the home page.
import { and, desc, eq, gte, lte } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { announcement } from './schema.ts';

export type Announcement = typeof announcement.$inferSelect;

/** Those that hold on this business day (yyyymmdd), the latest first. */
export const announcementsOn = (db: Reader, day: string): Promise<Announcement[]> =>
  db
    .select()
    .from(announcement)
    .where(and(lte(announcement.from, day), gte(announcement.until, day)))
    .orderBy(desc(announcement.id));

export const announcements = (db: Reader): Promise<Announcement[]> => db.select().from(announcement).orderBy(desc(announcement.id)).limit(200);

export async function announce(tx: Tx, row: Pick<Announcement, 'title' | 'body' | 'from' | 'until' | 'by'>): Promise<number> {
  const [made] = await tx
    .insert(announcement)
    .values({ ...row, at: new Date() })
    .returning({ id: announcement.id });
  return made?.id ?? 0;
}

export async function withdrawAnnouncement(tx: Tx, id: number): Promise<boolean> {
  return (await tx.delete(announcement).where(eq(announcement.id, id)).returning({ id: announcement.id })).length === 1;
}
