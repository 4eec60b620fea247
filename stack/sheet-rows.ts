// Rows of a sheet as the XML of SpreadsheetML: text as inline strings, amounts and days as numbers. Money comes as fen and goes out as yuan.

export type SheetKind = 'text' | 'count' | 'fen' | 'day' | 'moment';
export interface SheetColumn {
  key: string;
  head: string;
  kind: SheetKind;
  /** In characters. */
  width: number;
  /** In the line of totals: added up, or of each value of `per` what its first or its last row says. */
  sum?: true | 'first' | 'last';
  /** Names of codes. */
  words?: Readonly<Record<string, string>>;
}
export interface SheetPlan {
  name: string;
  columns: readonly SheetColumn[];
  /** Head of the column that numbers the rows. */
  numberHead: string;
  /** Column whose values make groups, each followed by its sums. */
  group?: string;
  /** Column whose values each have a balance of their own. */
  per?: string;
  /** Column that is counted and summed by its values in the last lines, with the sums of another. */
  tally?: { by: string; of: string; words: Readonly<Record<string, string>>; sentence: string };
  totalWord: string;
  subtotalWord: string;
  /** Lines after the totals, made from the sums. */
  after?: readonly FootLine[];
  signatures: string;
}
/** `words` names a column whose sum is written in 大写; `check` adds columns with their signs and says whether nothing is left. */
export type FootLine =
  | { kind: 'text'; text: string }
  | { kind: 'words'; label: string; column: string }
  | { kind: 'check'; signs: Readonly<Record<string, number>>; good: string; bad: string };
export interface SheetSums {
  rows: number;
  sums: Record<string, number>;
  tally: Record<string, { count: number; fen: number }>;
}
/** Texts that stand once in the book, whatever number of cells hold them; `add` answers the number of one. */
export interface SharedTexts {
  add(text: string): number;
}
/** Style numbers of the skeleton by kind, and where the next row goes. */
export interface Marks {
  texts: SharedTexts;
  styles: Readonly<Record<SheetKind | 'total' | 'totalFen' | 'note', string>>;
  next: number;
  merges: string[];
}
/** Texts of the columns in their order: fen, counts and epoch ms as digits, days `yyyymmdd`, empty where there is nothing. */
export type Row = readonly string[];

export const letter = (index: number): string => (index < 26 ? String.fromCharCode(65 + index) : letter(Math.floor(index / 26) - 1) + letter(index % 26));

const unsafe = /[&<>\p{Cc}\p{Cs}\ufffe\uffff]|_x/u;
/** Text for XML 1.0: what it cannot carry is left out, and what Excel would read as an escape is escaped. */
export function xmlText(text: string): string {
  if (!unsafe.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, '')
    .replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

/** Yuan of fen, digit by digit. */
export function yuan(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new Error(`not an amount in fen: ${fen}`);
  const digits = Math.abs(fen);
  const cents = digits % 100;
  const whole = (digits - cents) / 100;
  return `${fen < 0 ? '-' : ''}${whole}${cents === 0 ? '' : cents < 10 ? `.0${cents}` : `.${cents}`}`;
}

/** The same of its digits. */
function yuanOf(fen: string): string {
  if (!/^-?\d{1,15}$/.test(fen)) throw new Error(`not an amount in fen: ${fen}`);
  return fen.length < 4 ? yuan(Number(fen)) : fen.endsWith('00') ? fen.slice(0, -2) : `${fen.slice(0, -2)}.${fen.slice(-2)}`;
}

/** The same with separators and always two decimals, for a sentence. */
const grouped = (fen: number) => {
  const [whole = '', cents = ''] = yuan(fen).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents.padEnd(2, '0')}`;
};

const EPOCH_DAYS = 25_569;
const dayNumber = (day: string): number => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8))) / 86_400_000 + EPOCH_DAYS;
/** Whole seconds of Shanghai, as a day number. */
const momentNumber = (ms: number) => Math.floor((ms + 28_800_000) / 1000) / 86_400 + EPOCH_DAYS;

/** Of one column. */
const MOST_SHARED = 4096;

/** `row` as its digits, which stand in every cell. */
type Cell = (value: string, row: string) => string;

/** One function for each column, with its letter and style in it. What is empty stays so. */
function cellOf(column: SheetColumn, index: number, { styles, texts }: Pick<Marks, 'styles' | 'texts'>): Cell {
  const at = `<c r="${letter(index)}`;
  const number = `" s="${styles[column.kind]}"><v>`;
  const empty = `" s="${styles[column.kind]}"/>`;
  const of = (show: (value: string) => string | number): Cell => {
    return (value, row) => (value === '' ? at + row + empty : `${at}${row}${number}${show(value)}</v></c>`);
  };
  if (column.kind === 'fen') return of(yuanOf);
  if (column.kind === 'count') return of((value) => value);
  if (column.kind === 'day') return of(dayNumber);
  if (column.kind === 'moment')
    return (value, row) => (value === '' || value === '0' ? at + row + empty : `${at}${row}${number}${momentNumber(Number(value))}</v></c>`);
  const { words } = column;
  const open = `" s="${styles.text}" t="inlineStr"><is><t>`;
  const kept = `" s="${styles.text}" t="inlineStr"><is><t xml:space="preserve">`;
  // What comes again and again is shared; of what never does only the beginning is.
  const known = new Map<string, string>();
  return (value, row) => {
    const again = known.get(value);
    if (again !== undefined) return at + row + again;
    const text = words ? (words[value] ?? value) : value;
    if (text === '') return at + row + empty;
    if (known.size < MOST_SHARED) {
      const shared = `" s="${styles.text}" t="s"><v>${texts.add(text)}</v></c>`;
      known.set(value, shared);
      return at + row + shared;
    }
    return `${at}${row}${text.charCodeAt(0) <= 32 || text.charCodeAt(text.length - 1) <= 32 ? kept : open}${xmlText(text)}</t></is></c>`;
  };
}

interface RowWriter {
  rows(batch: readonly Row[]): string;
  done(): { text: string; sums: SheetSums };
}

export function rowWriter(plan: SheetPlan, marks: Marks): RowWriter {
  const { columns, group, tally } = plan;
  const place = (key: string | undefined) => columns.findIndex((column) => column.key === key);
  const cells = columns.map((column, i) => cellOf(column, i + 1, marks));
  const summed = columns.flatMap(({ sum }, i) => (sum ? [{ place: i, sum }] : []));
  const [groupAt, byAt, ofAt, perAt] = [place(group), place(tally?.by), place(tally?.of), place(plan.per)];
  const total = new Counter(summed, perAt);
  let inGroup = new Counter(summed, perAt);
  let current: string | null = null;
  const told: SheetSums['tally'] = {};
  const numberStyle = `" s="${marks.styles.count}"><v>`;
  const sumsOf = ({ sums }: Counter) => Object.fromEntries(summed.map(({ place: at }, i) => [columns[at]?.key ?? '', sums[i] ?? 0]));
  const subtotal = () => {
    if (current === null) return '';
    const text = sumRow(plan, marks, plan.subtotalWord, sumsOf(inGroup), inGroup.rows);
    inGroup = new Counter(summed, perAt);
    return text;
  };
  const tell = (row: Row) => {
    const code = row[byAt] ?? '';
    const one = told[code] ?? { count: 0, fen: 0 };
    told[code] = one;
    one.count += 1;
    one.fen += Number(row[ofAt]);
  };
  return {
    rows(batch) {
      let text = '';
      for (const row of batch) {
        if (groupAt >= 0 && row[groupAt] !== current) {
          text += subtotal();
          current = row[groupAt] ?? '';
        }
        total.take(row);
        if (groupAt >= 0) inGroup.take(row);
        if (byAt >= 0) tell(row);
        const n = String(marks.next++);
        let line = `<row r="${n}"><c r="A${n}${numberStyle}${total.rows}</v></c>`;
        for (let i = 0; i < cells.length; i++) line += (cells[i] as Cell)(row[i] ?? '', n);
        text += `${line}</row>`;
      }
      return text;
    },
    done: () => ({ text: subtotal(), sums: { rows: total.rows, sums: sumsOf(total), tally: told } }),
  };
}

/** Rows, and the sums of the columns at these places; balances once for each value of the column `per`. */
class Counter {
  rows = 0;
  readonly sums: number[];
  readonly #added: { at: number; place: number }[];
  readonly #balances: { at: number; place: number; first: boolean }[];
  readonly #per: number;
  readonly #told = new Map<string, number[]>();

  constructor(columns: readonly { place: number; sum: true | 'first' | 'last' }[], per: number) {
    this.#per = per;
    this.sums = columns.map(() => 0);
    this.#added = columns.flatMap(({ place, sum }, at) => (sum === true ? [{ at, place }] : []));
    this.#balances = columns.flatMap(({ place, sum }, at) => (sum === true ? [] : [{ at, place, first: sum === 'first' }]));
  }

  take(row: Row): void {
    this.rows += 1;
    for (const { at, place } of this.#added) this.sums[at] = (this.sums[at] ?? 0) + Number(row[place]);
    if (this.#balances.length > 0) this.#balance(row);
  }

  #balance(row: Row): void {
    const whose = row[this.#per] ?? '';
    const before = this.#told.get(whose);
    const now = this.#balances.map(({ place, first }, i) => (first && before ? (before[i] ?? 0) : Number(row[place])));
    for (const [i, { at }] of this.#balances.entries()) this.sums[at] = (this.sums[at] ?? 0) + (now[i] ?? 0) - (before?.[i] ?? 0);
    this.#told.set(whose, now);
  }
}

const textCell = (at: string, style: string, text: string) => `<c r="${at}" s="${style}" t="inlineStr"><is><t>${xmlText(text)}</t></is></c>`;

/** A line of sums: what it is, how many rows, and each summed column. */
function sumRow(plan: SheetPlan, marks: Marks, word: string, sums: Readonly<Record<string, number>>, rows: number): string {
  const n = marks.next++;
  const cells = plan.columns.map(({ key, kind, sum }, i) => {
    const at = `${letter(i + 1)}${n}`;
    if (sum)
      return `<c r="${at}" s="${kind === 'fen' ? marks.styles.totalFen : marks.styles.total}"><v>${kind === 'fen' ? yuan(sums[key] ?? 0) : (sums[key] ?? 0)}</v></c>`;
    return i === 0 ? textCell(at, marks.styles.total, String(rows)) : `<c r="${at}" s="${marks.styles.total}"/>`;
  });
  return `<row r="${n}">${textCell(`A${n}`, marks.styles.total, word)}${cells.join('')}</row>`;
}

/** 合计, what the plan adds to it, and the line for signatures. */
export function footOf(plan: SheetPlan, marks: Marks, { rows, sums, tally }: SheetSums, inWords: (fen: number) => string): string {
  const last = letter(plan.columns.length);
  const line = (text: string) => {
    const n = marks.next++;
    marks.merges.push(`A${n}:${last}${n}`);
    return `<row r="${n}">${textCell(`A${n}`, marks.styles.note, text)}</row>`;
  };
  const parts = [plan.columns.some((column) => column.sum) ? sumRow(plan, marks, plan.totalWord, sums, rows) : ''];
  for (const [code, word] of Object.entries(plan.tally?.words ?? {})) {
    const one = tally[code];
    if (one) parts.push(line((plan.tally?.sentence ?? '').replace('{what}', word).replace('{count}', String(one.count)).replace('{fen}', grouped(one.fen))));
  }
  for (const foot of plan.after ?? []) {
    if (foot.kind === 'text') parts.push(line(foot.text));
    else if (foot.kind === 'words') parts.push(line(`${foot.label}${inWords(sums[foot.column] ?? 0)}`));
    else {
      const left = Object.entries(foot.signs).reduce((sum, [key, sign]) => sum + sign * (sums[key] ?? 0), 0);
      parts.push(line(left === 0 ? foot.good : `${foot.bad} ${grouped(left)}`));
    }
  }
  parts.push(line(plan.signatures));
  return parts.join('');
}
