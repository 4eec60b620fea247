// 报表 (rules.md §4): what each one asks for and which columns it has. Shared by page, paper and Excel. Amounts in fen.

export type CellKind = 'text' | 'count' | 'fen' | 'day' | 'moment';
/** Dictionary that a code is shown by. */
export type WordsOf = 'states' | 'transactionTypes' | 'codes' | 'kinds' | 'accounts' | 'marks' | 'entries' | 'merchantStatus' | 'exceptions';
export interface Column {
  key: string;
  kind: CellKind;
  /** Of a sheet, in characters. */
  width: number;
  words?: WordsOf;
  /** The column stands in the line of totals; a balance with what each merchant (`per`) had in its first row, or in its last. */
  sum?: true | 'first' | 'last';
  link?: 'merchant' | 'request' | 'transaction';
  /** Digits and letters of a form that we give it ourselves: nobody can type anything else into it. */
  coded?: true;
  /** The list may be sorted by it. */
  sorts?: true;
  /** Report that shows what a figure is made of, for the merchant and the days of its row. */
  opens?: 'purchase-details' | 'top-up-details' | 'quota-entries';
  /** By the day of submission instead of that of approval. */
  opensBy?: 'submitted';
}

/** `range` and `day` are business days; `now` has no period. */
export type Asking = { merchant: boolean; period: 'range' | 'day' | 'now'; basis?: true };
export interface ReportShape {
  /** Function that may see it. */
  right: string;
  /** Reached from other pages; the menu's entry of its right is another page. */
  within?: true;
  asks: Asking;
  columns: readonly Column[];
  /** Column whose values each have a balance of their own. */
  per?: string;
  /** Rows of one group stand together and are followed by their sums. */
  group?: string;
  /** Rows that count for nothing stand on a second sheet: declined transactions. */
  apart?: true;
  /** Opening and movements must come to closing: +1 or −1 for each column of the check. */
  check?: Readonly<Record<string, 1 | -1>>;
}

const text = (key: string, width: number, more: Partial<Column> = {}): Column => ({ key, kind: 'text', width, ...more });
const fen = (key: string, more: Partial<Column> = {}): Column => ({ key, kind: 'fen', width: 15, ...more });
const count = (key: string, more: Partial<Column> = {}): Column => ({ key, kind: 'count', width: 8, sum: true, ...more });
const moment = (key: string, more: Partial<Column> = {}): Column => ({ key, kind: 'moment', width: 19, ...more });
const pairOf = (name: string, more: Pick<Column, 'opens' | 'opensBy'> = {}): Column[] => [
  count(`${name}Count`, more),
  fen(`${name}Fen`, { sum: true, sorts: true, ...more }),
];
const merchantNo = text('merchantNo', 17, { link: 'merchant', sorts: true, coded: true });
const merchantName = text('merchantName', 24);

const topUpColumns: readonly Column[] = [
  text('requestNo', 18, { link: 'request', coded: true }),
  merchantNo,
  merchantName,
  moment('submittedAt', { sorts: true }),
  fen('amountFen', { sum: true, sorts: true }),
  fen('receivedFen', { sum: true }),
  { key: 'bookedOn', kind: 'day', width: 11 },
  text('payerName', 22),
  text('payerAccountNo', 22),
  text('payerBank', 22),
  text('serialNo', 18),
  text('makerName', 10),
  text('reviewerName', 10),
  moment('decidedAt', { sorts: true }),
  text('state', 9, { words: 'states' }),
  fen('afterFen'),
  text('note', 24),
];
/** + opening, + top-ups, − consumption and its fee, − refunds, + adjustments, − closing: nothing is left. */
const identity = { openingFen: 1, topUpFen: 1, netFen: -1, feeFen: -1, quotaRefundFen: -1, adjustmentFen: 1, closingFen: -1 } as const;
const movements: readonly Column[] = [
  fen('netFen', { sum: true, sorts: true, opens: 'purchase-details' }),
  fen('feeFen', { sum: true, opens: 'purchase-details' }),
  fen('openingFen', { sum: 'first' }),
  fen('topUpFen', { sum: true, opens: 'top-up-details' }),
  fen('quotaRefundFen', { sum: true, opens: 'quota-entries' }),
  fen('adjustmentFen', { sum: true, opens: 'quota-entries' }),
  fen('closingFen', { sum: 'last', sorts: true }),
];

/** When and from where a terminal's message came. */
const messageColumns: readonly Column[] = [
  moment('at', { sorts: true }),
  text('merchantNo', 17, { link: 'merchant', coded: true }),
  text('terminalNo', 10, { coded: true }),
  text('batchNo', 8, { coded: true }),
  text('traceNo', 9, { coded: true }),
];

export const reports = {
  'top-up-details': { right: 'topUpDetailReport', asks: { merchant: true, period: 'range', basis: true }, columns: topUpColumns },
  'purchase-details': {
    right: 'purchaseDailyReport',
    asks: { merchant: true, period: 'range' },
    columns: [
      ...messageColumns,
      text('systemNo', 14, { link: 'transaction', coded: true }),
      text('type', 9, { words: 'transactionTypes' }),
      text('cardNo', 18, { coded: true }),
      fen('amountFen', { sum: true, sorts: true }),
      fen('feeFen', { sum: true }),
      text('code', 8, { coded: true }),
      text('codeText', 18, { words: 'codes' }),
      text('flag', 9, { words: 'marks' }),
      fen('afterFen'),
    ],
    apart: true,
  },
  'top-up-summary': {
    right: 'topUpSummaryReport',
    asks: { merchant: true, period: 'range' },
    columns: [
      merchantNo,
      merchantName,
      ...['asked', 'waiting', 'approved', 'returned', 'rejected', 'ended'].flatMap((name) => pairOf(name, { opens: 'top-up-details', opensBy: 'submitted' })),
      ...movements,
    ],
    check: identity,
    per: 'merchantNo',
  },
  'daily-totals': {
    right: 'dailyTotalReport',
    asks: { merchant: true, period: 'range' },
    columns: [
      { key: 'day', kind: 'day', width: 11, sorts: true },
      merchantNo,
      merchantName,
      ...['purchase', 'void', 'reversal', 'refund'].flatMap((name) => pairOf(name, { opens: 'purchase-details' })),
      ...movements,
    ],
    check: identity,
    per: 'merchantNo',
  },
  'daily-top-ups': {
    right: 'topUpDailyReport',
    asks: { merchant: false, period: 'day' },
    columns: [...topUpColumns.slice(0, -1), text('channel', 12, { words: 'marks' }), text('note', 24)],
    group: 'merchantNo',
  },
  'quota-balances': {
    right: 'quotaBalanceReport',
    asks: { merchant: true, period: 'now' },
    columns: [
      merchantNo,
      merchantName,
      text('status', 9, { words: 'merchantStatus' }),
      fen('availableFen', { sum: true, sorts: true }),
      fen('frozenFen', { sum: true }),
      fen('balanceFen', { sum: true, sorts: true }),
      fen('lastTopUpFen'),
      moment('lastTopUpAt'),
      { key: 'percent', kind: 'count', width: 10, sorts: true },
      text('low', 10, { words: 'marks' }),
    ],
  },
  'quota-entries': {
    right: 'topUpDetailReport',
    within: true,
    asks: { merchant: true, period: 'range' },
    columns: [
      { key: 'day', kind: 'day', width: 11 },
      moment('at', { sorts: true }),
      merchantNo,
      merchantName,
      text('entry', 12, { words: 'entries' }),
      text('requestNo', 18, { link: 'request', coded: true }),
      fen('availableFen', { sum: true }),
      fen('frozenFen', { sum: true }),
      fen('quotaFen', { sum: true, sorts: true }),
      fen('afterFen'),
    ],
  },
  'request-ageing': {
    right: 'requestAgeingReport',
    asks: { merchant: false, period: 'now' },
    columns: [
      text('kind', 18, { words: 'kinds' }),
      count('waitingCount'),
      count('within4h'),
      count('within1d'),
      count('within3d'),
      count('older'),
      count('overdue'),
      fen('amountFen', { sum: true }),
      moment('oldestAt'),
    ],
  },
  'reviewer-workload': {
    right: 'reviewerWorkloadReport',
    asks: { merchant: false, period: 'range' },
    columns: [
      text('userCode', 12),
      text('userName', 12),
      count('decided'),
      count('approved'),
      count('returned'),
      count('rejected'),
      count('overdue'),
      { key: 'medianMinutes', kind: 'count', width: 12, sorts: true },
    ],
  },
  'terminal-exceptions': {
    right: 'transactionQuery',
    within: true,
    asks: { merchant: true, period: 'range' },
    columns: [...messageColumns, text('why', 30, { words: 'exceptions' }), fen('amountFen', { sorts: true })],
  },
  'trial-balance': {
    right: 'ledger',
    within: true,
    asks: { merchant: false, period: 'now' },
    columns: [
      text('account', 12),
      text('name', 28, { words: 'accounts' }),
      text('owner', 24),
      fen('debitFen', { sum: true }),
      fen('creditFen', { sum: true }),
      fen('balanceFen'),
    ],
  },
} as const satisfies Record<string, ReportShape>;
export type ReportName = keyof typeof reports;
export const reportNames = Object.keys(reports) as ReportName[];
export const isReportName = (name: string): name is ReportName => Object.hasOwn(reports, name);
export const shapeOf = (name: ReportName): ReportShape => reports[name];

/** What a report is asked for: `merchantNo` empty for all, days `yyyymmdd`; `basis` says whether a top-up lies on the day of its approval or of its submission. */
export interface Scope {
  merchantNo: string;
  from: string;
  until: string;
  basis: 'decided' | 'submitted';
}

/** One value of a row, as PostgreSQL gives it: fen, counts and moments (epoch ms) as numbers, the rest as text. */
export type CellValue = string | number | null;
export type ReportRow = Record<string, CellValue>;

/** What is left of the check: 0 when the books hold. */
export const remainder = (check: Readonly<Record<string, 1 | -1>>, row: ReportRow): number =>
  Object.entries(check).reduce((sum, [key, sign]) => sum + sign * Number(row[key] ?? 0), 0);

export type ExportState = 'running' | 'done' | 'cancelled' | 'failed' | 'expired';
/** Longer ones are made by a workflow. */
export const MOST_AT_ONCE = 20_000;
/** A page of the preview. */
export const PREVIEW_ROWS = 50;
