// One export in a process of its own, by us or by exceljs' streaming writer: `report-writer.ts ours|exceljs LEVEL FILE`. Prints rows, ms, and how far memory rose above idle.
import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import excel from 'exceljs';
import { closeDb, openDb } from '../../db/connect.ts';
import { reportLines, rowsQuery } from '../../db/reports.ts';
import { type BookPlan, type SheetPlan, writeBook } from '../../stack/workbook.ts';
import type { Scope } from '../../workflows/rules/reports.ts';
import { sumInWords } from '../../workflows/rules/words.ts';

const [who = '', level = '1', file = '', slow = ''] = process.argv.slice(2);
const { plan, scope } = JSON.parse(process.env.REPORT ?? '') as { plan: BookPlan; scope: Scope };
const db = openDb(process.env.TEST_PG ?? '', 2);
await db.$client`select 1`;
let written = 0;
const rows = async function* () {
  for await (const batch of reportLines(db, 'purchase-details', scope, 'main')) {
    written += batch.length;
    yield batch;
  }
};
/** A reader that takes so many bytes a second. */
const reader = (bytesPerSecond: number) =>
  new Writable({ highWaterMark: 65_536, write: (chunk: Buffer, _encoding, done) => void setTimeout(done, (chunk.length * 1000) / bytesPerSecond) });
const out = slow === '' ? createWriteStream(file) : reader(Number(slow));
await pause(300);
const idle = process.memoryUsage.rss();
let peak = idle;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
const began = performance.now();
if (who === 'ours') await writeBook(out, plan, rows, { inWords: sumInWords, level: Number(level) });
else await byExceljs(plan.sheets[0] as SheetPlan);
const ms = performance.now() - began;
clearInterval(watch);
console.log(JSON.stringify({ rows: written, ms, peakMiB: (Math.max(peak, process.memoryUsage.rss()) - idle) / 1_048_576 }));
await closeDb(db);
process.exit(0);

/** The same cells with the same styles. */
async function byExceljs({ columns }: SheetPlan): Promise<void> {
  const zip = { zlib: { level: Number(level) } };
  const book = new excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false, zip } as never);
  const sheet = book.addWorksheet(plan.title, {
    views: [{ state: 'frozen', ySplit: 4 }],
    pageSetup: { orientation: 'landscape', paperSize: 9, fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  });
  const line = { style: 'thin' } as const;
  const base = { font: { name: '宋体', size: 10 }, border: { top: line, bottom: line, left: line, right: line } };
  const formats = { text: '@', count: '0;[Red]-0', fen: '#,##0.00;[Red]-#,##0.00', day: 'yyyy-mm-dd', moment: 'yyyy-mm-dd hh:mm:ss' };
  sheet.columns = [
    { width: 7, style: { ...base, numFmt: formats.count } },
    ...columns.map(({ width, kind }) => ({ width, style: { ...base, numFmt: formats[kind] } })),
  ];
  sheet.addRow([plan.title]).commit();
  sheet.addRow([]).commit();
  sheet.addRow([]).commit();
  sheet.addRow(['序号', ...columns.map(({ head }) => head)]).commit();
  let n = 0;
  for await (const batch of rowsQuery(db, 'purchase-details', scope, 'main').cursor(2000)) {
    written += batch.length;
    for (const row of batch) {
      n += 1;
      const cells = columns.map(({ key, kind, words }) => {
        const value = row[key] ?? null;
        if (kind === 'fen') return value === null ? null : Number(value) / 100;
        if (kind === 'moment') return new Date(Number(value) + 28_800_000);
        return words ? (words[String(value)] ?? value) : value;
      });
      sheet.addRow([n, ...cells]).commit();
    }
  }
  sheet.commit();
  await book.commit();
}
