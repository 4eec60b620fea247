// What a large export does: the file itself, written row by row while it is read, and what the list of exports says about it.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Context } from '@temporalio/activity';
import type { Db } from '../db/connect.ts';
import { closeExport, type ExportAsked, openExport, writtenSoFar } from '../db/exports.ts';
import { reportLines } from '../db/reports.ts';
import { crashPoint } from '../stack/crash.ts';
import { type BookPlan, writeBook } from '../stack/workbook.ts';
import type { ExportState } from '../workflows/rules/reports.ts';
import { sumInWords } from '../workflows/rules/words.ts';
import { patiently } from './errors.ts';

export interface ExportInput {
  asked: ExportAsked;
  plan: BookPlan;
  /** Queue of the workers that write files. */
  taskQueue: string;
}
interface ExportFile {
  rows: number;
  bytes: number;
  sha256: string;
}

export const exportActivities = (db: Db) => ({
  beginExport: (asked: ExportAsked): Promise<void> => patiently(() => db.transaction((tx) => openExport(tx, asked))),
  endExport: (exportNo: string, end: { state: ExportState } & Partial<ExportFile>): Promise<void> =>
    patiently(() => db.transaction((tx) => closeExport(tx, exportNo, end))),
});
export type ExportActivities = ReturnType<typeof exportActivities>;

/** So often the list is told how far a file is, ms. */
const TELL_MS = 1000;
/** Between two slices of a file, ms: without it a page of the web waits behind the file for both cores of a small machine. */
const REST_MS = 8;

export const reportFileActivities = (db: Db, folder: string) => ({
  /** Begins anew when it is tried again: half a file is never left under its name. */
  async writeExport({ asked, plan }: ExportInput): Promise<ExportFile> {
    const context = Context.current();
    await mkdir(folder, { recursive: true });
    await removeParts(folder, asked.exportNo);
    const part = join(folder, `${asked.exportNo}.${context.info.attempt}.part`);
    const hash = createHash('sha256');
    const file = { rows: 0, bytes: 0, sha256: '' };
    let told = Date.now();
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        file.bytes += chunk.length;
        done(null, chunk);
      },
    });
    const wrote = (rows: number) => {
      file.rows = rows;
      crashPoint('export.halfway');
      if (Date.now() - told < TELL_MS) return;
      told = Date.now();
      context.heartbeat(rows);
      void writtenSoFar(db, asked.exportNo, rows).catch(() => undefined);
    };
    const signal = context.cancellationSignal;
    try {
      const saved = pipeline(counted, createWriteStream(part), { signal });
      await Promise.all([
        saved,
        writeBook(counted, plan, (sheet) => reportLines(db, asked.report, asked.scope, sheet === 0 ? 'main' : 'apart'), {
          inWords: sumInWords,
          wrote,
          restMs: REST_MS,
          signal,
        }),
      ]);
      await rename(part, join(folder, `${asked.exportNo}.xlsx`));
    } catch (error) {
      await rm(part, { force: true });
      if (signal.aborted) await context.cancelled;
      throw error;
    }
    return { ...file, sha256: hash.digest('hex') };
  },
  async dropExport(exportNo: string): Promise<void> {
    await rm(join(folder, `${exportNo}.xlsx`), { force: true });
    await removeParts(folder, exportNo);
  },
});

/** What a worker that died had written of it. */
async function removeParts(folder: string, exportNo: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  for (const file of files) if (file.startsWith(`${exportNo}.`) && file.endsWith('.part')) await rm(join(folder, file), { force: true });
}
export type ReportFileActivities = ReturnType<typeof reportFileActivities>;
