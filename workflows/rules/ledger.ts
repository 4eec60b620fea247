// 记账规则 (rules.md §9): the accounts, and the entry that each event of the business makes. Amounts in fen.

export const accounts = {
  '1002.01': 'debit',
  '1002.02': 'debit',
  '1221.01': 'debit',
  '1221.02': 'debit',
  '2241.10': 'credit',
  '2241.11': 'credit',
  '2241.20': 'credit',
  '2241.21': 'credit',
  '2202.01': 'credit',
  '2202.02': 'credit',
  '6001.01': 'credit',
} as const satisfies Record<string, 'debit' | 'credit'>;
export type AccountCode = keyof typeof accounts;
export const accountCodes = Object.keys(accounts) as AccountCode[];
export const isAccountCode = (code: string): code is AccountCode => Object.hasOwn(accounts, code);

/** Accounts that belong to a merchant: available and frozen quota; their balance is kept and never negative. */
export const QUOTA = '2241.10';
export const FROZEN = '2241.11';
const RESERVE = '1002.01';
const SUSPENSE = '2241.20';
const OWED = '2202.02';

/** One side of an entry; `owner` is a merchant or bank account number. */
export interface Leg {
  account: AccountCode;
  owner?: string;
  debit?: number;
  credit?: number;
}
export type LedgerEvent =
  | 'statement'
  | 'topUp'
  | 'topUpVoid'
  | 'refundFrozen'
  | 'refundReleased'
  | 'refundOwed'
  | 'lineReturn'
  | 'adjustment'
  | 'purchase'
  | 'void'
  | 'reversal'
  | 'refund';

export interface Posting {
  /** Unique for ever: the same command posts once. */
  commandNo: string;
  event: LedgerEvent;
  /** Number of the request, statement or transaction that makes it. */
  cause: string;
  /** `yyyymmdd`. */
  businessDate: string;
  legs: readonly Leg[];
  /** Command number of the entry that it mirrors. */
  reverses?: string;
}

const pair = (debit: Omit<Leg, 'debit' | 'credit'>, credit: Omit<Leg, 'debit' | 'credit'>, fen: number): Leg[] => [
  { ...debit, debit: fen },
  { ...credit, credit: fen },
];

/** 充值入账: what waited as 待确认来账 becomes the merchant's quota. */
export const topUpLegs = (merchantNo: string, fen: number): Leg[] => pair({ account: SUSPENSE }, { account: QUOTA, owner: merchantNo }, fen);

/** 充值撤销: the mirror; what the merchant has already spent (`fen` less `available`) is 短款. */
export function topUpVoidLegs(merchantNo: string, fen: number, available: number): Leg[] {
  const fromQuota = Math.min(fen, available);
  const debits: Leg[] = [
    { account: QUOTA, owner: merchantNo, debit: fromQuota },
    { account: '1221.01', debit: fen - fromQuota },
  ];
  return [...debits.filter((leg) => (leg.debit ?? 0) > 0), { account: SUSPENSE, credit: fen }];
}

/** 额度退款: frozen at submission, given back when it comes to nothing, owed to the merchant when approved. */
export const refundFrozenLegs = (merchantNo: string, fen: number): Leg[] =>
  pair({ account: QUOTA, owner: merchantNo }, { account: FROZEN, owner: merchantNo }, fen);
export const refundReleasedLegs = (merchantNo: string, fen: number): Leg[] =>
  pair({ account: FROZEN, owner: merchantNo }, { account: QUOTA, owner: merchantNo }, fen);
export const refundOwedLegs = (merchantNo: string, fen: number): Leg[] => pair({ account: FROZEN, owner: merchantNo }, { account: OWED }, fen);

/** 来账退回: owed to the payer. */
export const lineReturnLegs = (fen: number): Leg[] => pair({ account: SUSPENSE }, { account: OWED }, fen);

/** A statement: in as 待确认来账; `back` (退票) is owed again; out as what was owed (`settled`), else 待查往账; the first one of an account brings its opening balance as 长款. */
export function statementLegs(accountNo: string, sums: { opening: number; inbound: number; back: number; settled: number; unknown: number }): Leg[] {
  const bank = { account: RESERVE, owner: accountNo } as const;
  const legs: Leg[] = [
    { ...bank, debit: sums.opening + sums.inbound + sums.back },
    { ...bank, credit: sums.settled + sums.unknown },
    { account: '2241.21', credit: sums.opening },
    { account: SUSPENSE, credit: sums.inbound },
    { account: OWED, credit: sums.back },
    { account: OWED, debit: sums.settled },
    { account: '1221.02', debit: sums.unknown },
  ];
  return legs.filter((leg) => (leg.debit ?? 0) + (leg.credit ?? 0) > 0);
}

/** The same legs with the sides exchanged. */
export const mirrored = (legs: readonly Leg[]): Leg[] =>
  legs.map(({ debit, credit, ...leg }) => ({ ...leg, ...(credit === undefined ? {} : { debit: credit }), ...(debit === undefined ? {} : { credit: debit }) }));

export const isBalanced = (legs: readonly Leg[]): boolean => legs.reduce((sum, leg) => sum + (leg.debit ?? 0) - (leg.credit ?? 0), 0) === 0;
