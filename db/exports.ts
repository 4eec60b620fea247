// 导出任务: what somebody asked for, and how far its file is.
import { and, desc, eq } from 'drizzle-orm';
import type { ExportState, ReportName, Scope } from '../workflows/rules/reports.ts';
import type { Db, Reader, Tx } from './connect.ts';
import { reportExport } from './schema.ts';

export type ExportRow = typeof reportExport.$inferSelect;
export interface ExportAsked {
  exportNo: string;
  report: ReportName;
  scope: Scope;
  ownerCode: string;
  fileName: string;
  rows: number;
  /** Epoch ms. */
  askedAt: number;
}

export async function openExport(tx: Tx, { askedAt, ...asked }: ExportAsked): Promise<void> {
  const fresh = { ...asked, state: 'running' as const, written: 0, bytes: 0, sha256: '', askedAt: new Date(askedAt) };
  await tx.insert(reportExport).values(fresh).onConflictDoNothing();
}

/** Outside of any transaction: how far it is only grows, and is never asked for money. */
export async function writtenSoFar(db: Db, exportNo: string, written: number): Promise<void> {
  await db.update(reportExport).set({ written }).where(eq(reportExport.exportNo, exportNo));
}

export async function closeExport(tx: Tx, exportNo: string, end: { state: ExportState; rows?: number; bytes?: number; sha256?: string }): Promise<void> {
  const { rows } = end;
  const done = rows === undefined ? {} : { written: rows };
  await tx
    .update(reportExport)
    .set({ ...end, ...done, finishedAt: new Date() })
    .where(eq(reportExport.exportNo, exportNo));
}

export const exportsOf = (db: Reader, ownerCode: string, limit: number): Promise<ExportRow[]> =>
  db.select().from(reportExport).where(eq(reportExport.ownerCode, ownerCode)).orderBy(desc(reportExport.askedAt)).limit(limit);

export async function findExport(db: Reader, exportNo: string): Promise<ExportRow | null> {
  const [row] = await db.select().from(reportExport).where(eq(reportExport.exportNo, exportNo));
  return row ?? null;
}

/** How many of theirs are under way. */
export async function runningExports(db: Reader, ownerCode: string): Promise<number> {
  return db.$count(reportExport, and(eq(reportExport.ownerCode, ownerCode), eq(reportExport.state, 'running')));
}
