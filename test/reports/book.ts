// An exported workbook as a story looks at it.
import assert from 'node:assert/strict';
import excel from 'exceljs';
import type { Person } from '../web/site.ts';

export interface Book {
  fileName: string;
  bytes: Buffer;
  /** Cells of each sheet, row by row: numbers, dates as ISO text, texts. */
  sheets: { name: string; rows: (string | number | null)[][] }[];
  sheet: excel.Worksheet;
}

/** Asks for a report as its form does. */
export async function download(person: Person, name: string, asked: Record<string, string>): Promise<Book> {
  await person.get(`/reports/${name}`);
  const body = new URLSearchParams({ _csrf: person.token, ...asked });
  const response = await fetch(`${person.base}/reports/${name}/export`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: person.cookieHeader, 'Sec-Fetch-Site': 'same-origin' },
    body,
  });
  assert.equal(response.status, 200, `${name}: ${response.status} ${response.headers.get('location')}`);
  return readBook(Buffer.from(await response.arrayBuffer()), response.headers.get('content-disposition') ?? '');
}

export async function readBook(bytes: Buffer, disposition = ''): Promise<Book> {
  const book = new excel.Workbook();
  await book.xlsx.load(bytes as never);
  const sheets = book.worksheets.map((sheet) => {
    const rows: (string | number | null)[][] = [];
    sheet.eachRow({ includeEmpty: true }, (row) => rows.push((row.values as excel.CellValue[]).slice(1).map(plain)));
    return { name: sheet.name, rows };
  });
  return { fileName: decodeURIComponent(/filename\*=UTF-8''(.+)$/.exec(disposition)?.[1] ?? ''), bytes, sheets, sheet: book.worksheets[0] as excel.Worksheet };
}

function plain(value: excel.CellValue): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Date) return value.toISOString();
  throw new Error(`a cell is neither text nor number nor date: ${JSON.stringify(value)}`);
}

/** Rows of the table as objects by the words of its head, without sums and signatures. */
export function records(book: Book, sheet = 0): Record<string, string | number | null>[] {
  const { rows } = book.sheets[sheet] as Book['sheets'][number];
  const at = rows.findIndex((row) => row[0] === '序号');
  const head = rows[at] ?? [];
  return rows
    .slice(at + 1)
    .filter((row) => typeof row[0] === 'number')
    .map((row) => Object.fromEntries(head.map((name, i) => [String(name), row[i] ?? null])));
}

/** The line of sums, by the words of the head. */
export function sumsOf(book: Book, sheet = 0): Record<string, string | number | null> {
  const { rows } = book.sheets[sheet] as Book['sheets'][number];
  const head = rows.find((row) => row[0] === '序号') ?? [];
  const sums = rows.find((row) => row[0] === '合计') ?? [];
  return Object.fromEntries(head.map((name, i) => [String(name), sums[i] ?? null]));
}
