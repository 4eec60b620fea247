// 导出任务: what somebody asked for, and how far its file is.
import { isDeepStrictEqual } from 'node:util';
import { and, desc, eq, sql } from 'drizzle-orm';
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

/** So long, ms, the same export asked again by the same person is the one that is under way: a second click, or a request sent twice. */
const SAME_MS = 60_000;

/**
 * A place among the exports of its owner, of whom no more than `most` are under way: the number of the new one, or of the same one that was begun just
 * now, or null when there is no place. One request of a person after the other.
 */
export async function takePlace(tx: Tx, asked: ExportAsked, most: number): Promise<string | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${asked.ownerCode}, 21))`);
  const rows = await tx
    .select()
    .from(reportExport)
    .where(and(eq(reportExport.ownerCode, asked.ownerCode), eq(reportExport.state, 'running')));
  const same = rows.find((row) => row.report === asked.report && isDeepStrictEqual(row.scope, asked.scope) && asked.askedAt - row.askedAt.getTime() < SAME_MS);
  if (same) return same.exportNo;
  if (rows.length >= most) return null;
  await openExport(tx, asked);
  return asked.exportNo;
}
