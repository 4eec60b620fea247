// The workbook without its rows, made by exceljs and taken apart: the parts as they are, and each sheet cut where its rows belong.
import type { Style, Worksheet } from 'exceljs';
import JSZip from 'jszip';
import type { Marks, SheetKind, SheetPlan } from './sheet-rows.ts';
import { letter } from './sheet-rows.ts';

export interface Skeleton {
  /** Everything but the sheets and the shared texts: path and content. */
  parts: [string, Buffer][];
  /** Shared texts of the skeleton, to be closed by `</sst>`, and how many they are. */
  texts: { head: string; count: number };
  sheets: SheetFrame[];
}
export interface SheetFrame {
  /** Up to and with the head of the table. */
  head: string;
  /** What follows the rows. */
  tail(merges: readonly string[]): string;
  merges: string[];
  firstRow: number;
  styles: Marks['styles'];
}

export const SHARED = 'xl/sharedStrings.xml';
const FONT = '宋体';
const line = { style: 'thin', color: { argb: 'FF9AA0A6' } } as const;
const border = { top: line, bottom: line, left: line, right: line };
/** Text format: what is typed into such a cell stays text too. */
const TEXT = '@';
const MONEY = '#,##0.00;[Red]-#,##0.00';
const base = { font: { name: FONT, size: 10 }, border } as const;
const styles: Record<keyof Marks['styles'], Partial<Style>> = {
  text: { ...base, numFmt: TEXT },
  count: { ...base, numFmt: '0;[Red]-0' },
  fen: { ...base, numFmt: MONEY },
  day: { ...base, numFmt: 'yyyy-mm-dd' },
  moment: { ...base, numFmt: 'yyyy-mm-dd hh:mm:ss' },
  total: { ...base, font: { name: FONT, size: 10, bold: true } },
  totalFen: { ...base, font: { name: FONT, size: 10, bold: true }, numFmt: MONEY },
  note: { font: { name: FONT, size: 10 }, numFmt: TEXT },
};

export async function skeletonOf(plan: { title: string; lines: readonly string[]; sheets: readonly SheetPlan[]; pageFoot: string }): Promise<Skeleton> {
  // Read when somebody first exports: it is a third of what a web weighs.
  const { default: excel } = await import('exceljs');
  const book = new excel.Workbook();
  book.creator = '账房';
  const headRow = plan.lines.length + 2;
  for (const sheet of plan.sheets)
    draw(
      book.addWorksheet(sheet.name, {
        views: [{ state: 'frozen', ySplit: headRow }],
        pageSetup: {
          paperSize: 9,
          orientation: 'landscape',
          fitToPage: true,
          fitToWidth: 1,
          fitToHeight: 0,
          printTitlesRow: `${headRow}:${headRow}`,
          margins: { left: 0.5, right: 0.5, top: 0.6, bottom: 0.7, header: 0.3, footer: 0.3 },
        },
        headerFooter: { oddFooter: plan.pageFoot },
      }),
      sheet,
      plan,
    );
  const zip = await JSZip.loadAsync(await book.xlsx.writeBuffer());
  const parts: [string, Buffer][] = [];
  const sheets: SheetFrame[] = [];
  for (const [path, file] of Object.entries(zip.files)) {
    const nth = /^xl\/worksheets\/sheet(\d+)\.xml$/.exec(path)?.[1];
    if (nth) sheets[Number(nth) - 1] = frameOf(await file.async('string'), headRow);
    else if (path !== SHARED && !file.dir) parts.push([path, await file.async('nodebuffer')]);
  }
  const shared = (await zip.file(SHARED)?.async('string')) ?? '';
  const head = shared.slice(0, shared.lastIndexOf('</sst>')).replace(/ (count|uniqueCount)="\d+"/g, '');
  return { parts, sheets, texts: { head, count: head.split('<si>').length - 1 } };
}

/** Title, lines, head, and one row that shows every style. */
function draw(sheet: Worksheet, { columns, numberHead }: SheetPlan, { title, lines }: { title: string; lines: readonly string[] }): void {
  const last = columns.length + 1;
  sheet.getColumn(1).width = 7;
  for (const [i, column] of columns.entries()) sheet.getColumn(i + 2).width = column.width;
  const across = (row: number, text: string, style: Partial<Style>) => {
    const cell = sheet.getCell(row, 1);
    cell.value = text;
    cell.style = style;
    sheet.mergeCells(row, 1, row, last);
  };
  across(1, title, { font: { name: FONT, size: 16, bold: true }, alignment: { horizontal: 'center', vertical: 'middle' } });
  sheet.getRow(1).height = 28;
  for (const [i, text] of lines.entries()) across(i + 2, text, { font: { name: FONT, size: 10 } });
  const headRow = lines.length + 2;
  for (const [i, head] of [numberHead, ...columns.map((column) => column.head)].entries()) {
    const cell = sheet.getCell(headRow, i + 1);
    cell.value = head;
    cell.style = { ...base, font: { name: FONT, size: 10, bold: true }, alignment: { horizontal: 'center', vertical: 'middle', wrapText: true } };
  }
  for (const [i, style] of Object.values(styles).entries()) {
    const cell = sheet.getCell(headRow + 1, i + 1);
    cell.value = 0;
    cell.style = style;
  }
}

function frameOf(xml: string, headRow: number): SheetFrame {
  const sample = headRow + 1;
  const [from, to] = [xml.indexOf(`<row r="${sample}"`), xml.indexOf('</sheetData>')];
  if (from < 0 || to < 0) throw new Error('the skeleton has no rows');
  const numbers = Object.keys(styles).map((name, i) => {
    const style = new RegExp(`<c r="${letter(i)}${sample}" s="(\\d+)"`).exec(xml)?.[1];
    if (!style) throw new Error(`the skeleton has no style ${name}`);
    return [name, style] as const;
  });
  const merged = /<mergeCells[^>]*>(.*?)<\/mergeCells>/.exec(xml);
  const merges = [...(merged?.[1] ?? '').matchAll(/ref="([^"]+)"/g)].map(([, ref = '']) => ref);
  const tail = xml.slice(to);
  return {
    head: xml.slice(0, from).replace(/<dimension [^>]*\/>/, ''),
    tail: (all) =>
      tail.replace(
        /<mergeCells[^>]*>.*?<\/mergeCells>/,
        `<mergeCells count="${all.length}">${all.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`,
      ),
    merges,
    firstRow: sample,
    styles: Object.fromEntries(numbers) as Record<SheetKind | 'total' | 'totalFen' | 'note', string>,
  };
}
