// Rows of a file, whatever it is called: text in UTF-8 or gb18030, XLSX, or HTML that calls itself .xls. OLE is refused with advice.
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import exceljs from 'exceljs';
import papa from 'papaparse';
import { StatementRefusal } from './statement.ts';

const MAX_TEXT = 1024 ** 3;
const MAX_BOOK = 40 * 1024 ** 2;
const PART = 256 * 1024;

export async function* rowsOf(path: string): AsyncGenerator<string[]> {
  const { size } = await stat(path);
  const head = await beginning(path);
  if (size === 0) throw new StatementRefusal('empty');
  if (head.subarray(0, 4).equals(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))) throw new StatementRefusal('ole');
  if (head.subarray(0, 2).toString() === 'PK') {
    if (size > MAX_BOOK) throw new StatementRefusal('too_large');
    yield* bookRows(path);
    return;
  }
  if (size > MAX_TEXT) throw new StatementRefusal('too_large');
  const encoding = isUtf8(head) ? 'utf-8' : 'gb18030';
  const text = decoded(head, encoding, true).replace(/^\uFEFF/, '');
  if (/^\s*<(!doctype|html|table|meta|head|\?xml)/i.test(text)) {
    if (size > MAX_BOOK) throw new StatementRefusal('too_large');
    yield* tableRows(decoded(await readFile(path), encoding, false));
    return;
  }
  yield* textRows(path, encoding, delimiterOf(text));
}

async function beginning(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(64 * 1024);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The beginning may end within a character, which is no fault. */
function isUtf8(head: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function decoded(bytes: Buffer, encoding: string, part: boolean): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: part });
  } catch {
    throw new StatementRefusal('encoding');
  }
}

function delimiterOf(text: string): string {
  const count = (letter: string) => text.split(letter).length;
  return [',', '\t', ';', '|'].reduce((most, one) => (count(one) > count(most) ? one : most));
}

/** Parts of whole rows, as they come: a part ends at a line break that is not within quotes. */
async function* textRows(path: string, encoding: string, delimiter: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes?: Buffer) => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch {
      throw new StatementRefusal('encoding');
    }
  };
  const rows = (text: string) => papa.parse<string[]>(text, { delimiter, skipEmptyLines: false }).data;
  let rest = '';
  for await (const bytes of createReadStream(path, { highWaterMark: PART })) {
    rest += decode(bytes as Buffer);
    const end = rest.lastIndexOf('\n') + 1;
    const part = rest.slice(0, end);
    if (end === 0 || (part.split('"').length - 1) % 2 === 1) {
      if (rest.length > 64 * PART) throw new StatementRefusal('unreadable');
      continue;
    }
    rest = rest.slice(end);
    yield* rows(part.slice(0, -1));
  }
  yield* rows(rest + decode());
}

async function* bookRows(path: string): AsyncGenerator<string[]> {
  const book = new exceljs.stream.xlsx.WorkbookReader(path, {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    entries: 'ignore',
  });
  for await (const sheet of book) {
    for await (const row of sheet) {
      const cells: string[] = [];
      row.eachCell({ includeEmpty: true }, (cell, column) => {
        cells[column - 1] = cellText(cell.value);
      });
      yield Array.from(cells, (cell) => cell ?? '');
    }
    // A statement is the first sheet.
    return;
  }
}

function cellText(value: exceljs.CellValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().replace('T', ' ').slice(0, 19);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(2);
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map((part) => part.text).join('');
  if ('result' in value) return cellText(value.result as exceljs.CellValue);
  return 'text' in value ? String(value.text) : '';
}

function* tableRows(page: string): Generator<string[]> {
  const letters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };
  const plain = (cell: string) =>
    cell
      .replaceAll(/<br\s*\/?>/gi, ' ')
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll(/&(#?\w+);/g, (whole, name: string) => letters[name] ?? whole)
      .trim();
  for (const [, row = ''] of page.matchAll(/<tr[^>]*>([\s\S]*?)<\/tr>/gi))
    yield [...row.matchAll(/<t[dh][^>]*>([\s\S]*?)<\/t[dh]>/gi)].map(([, cell = '']) => plain(cell));
}
