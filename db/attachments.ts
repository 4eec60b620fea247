// 影像资料: what a request has attached; the bytes lie outside the web root under their SHA-256.
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { prepared } from './prepared.ts';
import { attachment } from './schema.ts';

export type AttachmentRow = typeof attachment.$inferSelect;

const ofRequest = prepared((db) =>
  db
    .select()
    .from(attachment)
    .where(eq(attachment.requestNo, sql.placeholder('requestNo')))
    .orderBy(asc(attachment.at))
    .prepare('attachments'),
);
export const attachmentsOf = (db: Reader, requestNo: string): Promise<AttachmentRow[]> => ofRequest(db, { requestNo });

export async function findAttachment(db: Reader, id: string): Promise<AttachmentRow | null> {
  const [row] = await db.select().from(attachment).where(eq(attachment.id, id));
  return row ?? null;
}

/** The same content for the same part of the same request is kept once. */
export async function addAttachment(tx: Tx, row: AttachmentRow): Promise<void> {
  await tx.insert(attachment).values(row).onConflictDoNothing();
}

export async function removeAttachment(tx: Tx, id: string, requestNo: string): Promise<void> {
  await tx.delete(attachment).where(and(eq(attachment.id, id), eq(attachment.requestNo, requestNo)));
}

export async function removeAttachmentsOf(tx: Tx, requestNo: string): Promise<void> {
  await tx.delete(attachment).where(eq(attachment.requestNo, requestNo));
}
