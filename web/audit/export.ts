// 操作日志 as an Excel file, written row by row.
import { type AuditFilter, type AuditRow, auditEntries } from '../../db/audit.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { asWorkbook, type SignedInCtx } from '../http.ts';

const MOST_ROWS = 50_000;
const BATCH = 1000;

/** Answers with the file; `cells` makes texts of an entry, which stay texts (a cell of a string is never a formula). */
export async function writeAudit(ctx: SignedInCtx, filter: AuditFilter, cells: (row: AuditRow) => string[]): Promise<void> {
  const { res, text } = ctx;
  const words = text.audit;
  const name = `${words.title}_${businessDate(Date.now())}.xlsx`;
  asWorkbook(ctx, name);
  // Read when somebody first exports: it is a third of what a web weighs.
  const { default: excel } = await import('exceljs');
  const book = new excel.stream.xlsx.WorkbookWriter({ stream: res, useStyles: true });
  const sheet = book.addWorksheet(words.title, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = [words.at, words.actor, text.fields.userName, words.action, words.object, words.detail, words.address].map((header, i) => ({
    header,
    width: [20, 12, 12, 18, 24, 60, 18][i] ?? 12,
  }));
  let before: number | undefined;
  for (let n = 0; n < MOST_ROWS; n += BATCH) {
    const rows = await auditEntries(ctx.db, { ...filter, ...(before === undefined ? {} : { before }) }, BATCH);
    for (const row of rows) sheet.addRow(cells(row)).commit();
    before = rows.at(-1)?.id;
    if (rows.length < BATCH) break;
  }
  sheet.commit();
  await book.commit();
}
