// A bank statement, line by line: header found by its words, each cell read, the running balance verified. Anything that does not fit refuses the whole file.
import { createHash } from 'node:crypto';
import { isSummary, readAmount, readFlag, readMoment } from './cells.ts';
import { evenWord, type Layout, layoutOf, type MappedLayout } from './layout.ts';

export type StatementFault =
  | 'ole'
  | 'encoding'
  | 'empty'
  | 'header_unknown'
  | 'bad_date'
  | 'bad_amount'
  | 'bad_flag'
  | 'bad_balance'
  | 'balance_breaks'
  | 'account_unknown'
  | 'account_differs'
  | 'currency'
  | 'too_large'
  | 'too_slow'
  | 'unreadable'
  | 'gap'
  | 'twice';

/** Why a file is refused whole, and where. `line` counts rows of the file from 1. */
export class StatementRefusal extends Error {
  readonly fault: StatementFault;
  readonly line: number | null;
  readonly detail: string;
  constructor(fault: StatementFault, line: number | null = null, detail = '') {
    super(`${fault}${line === null ? '' : ` at line ${line}`}`);
    this.fault = fault;
    this.line = line;
    this.detail = detail.slice(0, 120);
  }
}

export interface StatementLine {
  /** Row of the file, from 1. */
  row: number;
  on: string;
  at: string;
  direction: 'in' | 'out';
  amountFen: number;
  balanceFen: number;
  partyName: string;
  partyAccountNo: string;
  partyBank: string;
  note: string;
  serialNo: string;
}

/** Rows before the header that are looked through. */
const PREFACE = 60;

/** Reads rows one by one; keeps only what it needs for the next, so that a file may be of any length. */
export class StatementReader {
  layout: Layout | null = null;
  accountNo = '';
  lines = 0;
  inboundFen = 0;
  outboundFen = 0;
  header: string[] = [];
  readonly #mapped: readonly MappedLayout[];
  #row = 0;
  #first: StatementLine | null = null;
  #last: StatementLine | null = null;
  /** Whether the lines so far run forwards, and backwards, in time. */
  #forwards = true;
  #backwards = true;

  constructor(mapped: readonly MappedLayout[], accountNo = '') {
    this.#mapped = mapped;
    this.accountNo = accountNo;
  }

  /** Takes the next row; answers its line, or null for a preface, the header, an empty or a summing row. */
  take(cells: readonly string[]): StatementLine | null {
    this.#row += 1;
    const row = cells.map((cell) => cell.trim());
    if (row.every((cell) => cell === '')) return null;
    if (!this.layout) {
      this.#lookForHeader(row);
      return null;
    }
    if (evenWord(row[0] ?? '') === this.header[0] && row.every((cell, i) => evenWord(cell) === (this.header[i] ?? ''))) return null;
    const line = this.#read(row, this.layout);
    if (!line || line.amountFen === 0) return null;
    this.#verify(line);
    this.lines += 1;
    if (line.direction === 'in') this.inboundFen += line.amountFen;
    else this.outboundFen += line.amountFen;
    return line;
  }

  /** Whether the lines so far run forwards in time; one that cannot be told is taken as the bank prints it, oldest first. */
  get ascending(): boolean {
    return this.#forwards;
  }

  /** After the last row: which way it ran, and the balances at both ends in time. */
  end(): { ascending: boolean; openingFen: number; closingFen: number } {
    if (!this.layout) throw new StatementRefusal('header_unknown', null, this.header.join(' '));
    if (!this.#first || !this.#last) throw new StatementRefusal('empty');
    if (this.accountNo === '') throw new StatementRefusal('account_unknown');
    const { ascending } = this;
    const [oldest, newest] = ascending ? [this.#first, this.#last] : [this.#last, this.#first];
    const openingFen = oldest.balanceFen - signed(oldest);
    // A reserve account is never overdrawn.
    if (openingFen < 0) throw new StatementRefusal('bad_balance', oldest.row, String(openingFen / 100));
    return { ascending, openingFen, closingFen: newest.balanceFen };
  }

  #lookForHeader(row: string[]): void {
    this.layout = layoutOf(row, this.#mapped);
    if (this.layout) this.header = row.map(evenWord);
    else this.#lookForAccount(row);
    if (row.filter((cell) => cell !== '').length > this.header.filter((cell) => cell !== '').length && !this.layout) this.header = row;
    if (!this.layout && this.#row > PREFACE) throw new StatementRefusal('header_unknown', this.#row, this.header.join(' '));
  }

  /** 账号: 3301… in the preface, in one cell or in two. */
  #lookForAccount(row: readonly string[]): void {
    const text = row.join(' ').normalize('NFKC');
    const [, found] = /(?:账号|卡号|账户)[^\d]{0,6}([\d*\s-]{8,40})/.exec(text) ?? [];
    const account = found?.replaceAll(/[\s-]/g, '') ?? '';
    if (/^\d{8,32}$/.test(account)) this.#sameAccount(account);
  }

  #read(row: readonly string[], { columns }: Layout): StatementLine | null {
    const moment = readMoment(cellOf(row, columns.date), cellOf(row, columns.time));
    if (!moment && isSummary(row)) return null;
    if (!moment) throw this.#fault('bad_date', `${cellOf(row, columns.date)} ${cellOf(row, columns.time)}`);
    const currency = cellOf(row, columns.currency);
    if (currency !== '' && !/人民币|CNY|RMB|^01$|^001$|元/i.test(currency)) throw this.#fault('currency', currency);
    const balance = cellOf(row, columns.balance);
    const balanceFen = readAmount(balance);
    if (balanceFen === null || balance === '') throw this.#fault('bad_balance', balance);
    const amount = this.#amount(row, columns);
    this.#sameAccount(cellOf(row, columns.accountNo));
    return {
      row: this.#row,
      on: moment.on,
      at: moment.at,
      direction: amount < 0 ? 'out' : 'in',
      amountFen: Math.abs(amount),
      balanceFen,
      partyName: cellOf(row, columns.partyName),
      partyAccountNo: cellOf(row, columns.partyAccountNo).replaceAll(/[\s']/g, ''),
      partyBank: textOf(row, columns.partyBank),
      note: textOf(row, columns.note),
      serialNo: cellOf(row, columns.serialNo),
    };
  }

  #fault(name: StatementFault, detail: string): StatementRefusal {
    return new StatementRefusal(name, this.#row, detail);
  }

  /** Signed fen: in +, out −. */
  #amount(row: readonly string[], columns: Layout['columns']): number {
    if (columns.in && columns.out) {
      const [into, out] = [readAmount(cellOf(row, columns.in)), readAmount(cellOf(row, columns.out))];
      // 红字: a negative amount on one side is a correction on the other.
      if (into === null || out === null || (into !== 0 && out !== 0))
        throw this.#fault('bad_amount', `${cellOf(row, columns.out)} / ${cellOf(row, columns.in)}`);
      return into - out;
    }
    const amount = readAmount(cellOf(row, columns.amount));
    if (amount === null) throw this.#fault('bad_amount', cellOf(row, columns.amount) || row.join(' '));
    if (!columns.flag) return amount;
    const direction = readFlag(cellOf(row, columns.flag));
    if (!direction) throw this.#fault('bad_flag', cellOf(row, columns.flag));
    return direction === 'in' ? amount : -amount;
  }

  #sameAccount(cell: string): void {
    if (cell === '' || cell === this.accountNo) return;
    const account = cell.replaceAll(/[\s'-]/g, '');
    if (!/^\d{8,32}$/.test(account)) return;
    if (this.accountNo === '') this.accountNo = account;
    if (this.accountNo !== account) throw new StatementRefusal('account_differs', this.#row, account);
  }

  /** Each balance follows from its neighbour: forwards in time, or backwards in a file that begins with the newest. */
  #verify(line: StatementLine): void {
    const before = this.#last;
    this.#last = line;
    this.#first ??= line;
    if (!before) return;
    if (before.balanceFen + signed(line) !== line.balanceFen) this.#forwards = false;
    if (line.balanceFen + signed(before) !== before.balanceFen) this.#backwards = false;
    if (!this.#forwards && !this.#backwards) throw new StatementRefusal('balance_breaks', this.#row, String(line.balanceFen / 100));
  }
}

/** The first column of a role, '' when there is none. */
const cellOf = (row: readonly string[], columns: readonly number[] | undefined): string => (columns ? (row[columns[0] ?? -1] ?? '') : '');

/** All columns of a role, joined. */
function textOf(row: readonly string[], columns: readonly number[] | undefined): string {
  let text = '';
  for (const column of columns ?? []) {
    const cell = row[column] ?? '';
    if (cell !== '') text = text === '' ? cell : `${text} ${cell}`;
  }
  return text;
}

export const signed = (line: { direction: 'in' | 'out'; amountFen: number }): number => (line.direction === 'in' ? line.amountFen : -line.amountFen);

/** The bank's own number, else a digest of what makes the line: the same line in another file is the same line. */
function digestOf(line: StatementLine): string {
  if (line.serialNo !== '') return `no:${line.serialNo}`;
  const { on, at, direction, amountFen, balanceFen, partyName, partyAccountNo } = line;
  const digest = createHash('sha256').update(`${at}|${direction}|${amountFen}|${balanceFen}|${partyAccountNo}|${partyName}`).digest('base64url');
  // The day first, so that keys of one statement lie beside each other.
  return `${on}${at.replaceAll(':', '')}${digest.slice(0, 22)}`;
}

/** Keys of lines in the order of the file. Lines that are alike in everything, balance included, are numbered within their moment. */
export class LineKeys {
  #moment = '';
  readonly #seen = new Map<string, number>();

  of(line: StatementLine): string {
    const moment = line.on + line.at;
    if (moment !== this.#moment) this.#seen.clear();
    this.#moment = moment;
    const digest = digestOf(line);
    const nth = (this.#seen.get(digest) ?? 0) + 1;
    this.#seen.set(digest, nth);
    return nth === 1 ? digest : `${digest}#${nth}`;
  }
}
