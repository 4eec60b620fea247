// What the tables say about a batch of messages, read under the locks of the quota accounts (online.sql).
import type postgres from 'postgres';
import { type GeneralLimits, generalLimits, type Turnover } from '../workflows/rules/limits.ts';
import type { Txn } from '../workflows/rules/online.ts';
import { businessDate } from '../workflows/rules/time.ts';
import { unload } from './guarded.ts';
import type { HeldAccounts, QuotaAccount } from './ledger.ts';
import { type Incoming, keyOf } from './online.ts';

export interface Tables {
  accounts: Map<string, QuotaAccount>;
  /** Those of this batch as they were before anything was decided. */
  held: HeldAccounts;
  merchants: Map<string, MerchantTerms>;
  terminals: Map<string, TerminalTerms>;
  txns: Map<string, Txn>;
  reversals: Map<string, Txn>;
  byId: Map<number, Txn>;
  turnovers: Map<string, Turnover>;
  policies: Map<string, string>;
  policyMark: string;
  limits: GeneralLimits;
  /** The transaction that holds the locks. */
  transaction: string;
  /** Day that the scene is of, `yyyymmdd`, and whether it is closed. */
  today: string;
  closed: boolean;
  /** System numbers for the transactions to come, one for each message. */
  ids: number[];
  /** Whether the nonce was used for the first time, and by this message. */
  takeNonce(incoming: Incoming): boolean;
}
export interface MerchantTerms {
  no: string;
  status: string;
  feePpm: number;
  feeCapFen: number | null;
  single: number | null;
  daily: number | null;
  monthly: number | null;
}
export interface TerminalTerms {
  no: string;
  merchantNo: string;
  status: string;
  permitted: string[];
  hours: string;
  single: number | null;
  daily: number | null;
  /** Null before the first sign-on. */
  keyNo: number | null;
  batchNo: number | null;
  signedOnMs: number | null;
}
interface Row {
  /** Rows by commas, their columns by blanks. */
  accounts: string | null;
  merchants: MerchantTerms[] | null;
  terminals: TerminalTerms[] | null;
  txns: Txn[] | null;
  /** The same. */
  turnovers: string | null;
  policies: Record<string, string> | null;
  policyMark: string | null;
  closed: boolean;
  transaction: string;
  used: string[] | null;
  ids: number[];
}

/** Messages whose nonce was theirs when they were first looked at: after a commit that nobody answered it still is. */
const owners = new WeakSet<Incoming>();
export const nonceOf = ({ message, sentMs, nonce }: Incoming) => `${sentMs}/${message.terminalNo}/${nonce}`;

/** Asks at once, behind what was sent before. */
export async function readScenes(run: postgres.Sql, batch: readonly Incoming[]): Promise<Tables> {
  const messages = batch.map(({ message }) => message);
  const terminalNos = messages.map((one) => one.terminalNo);
  const keys = messages.flatMap((one) => [one, ...(one.original ? [one.original] : [])]);
  const today = businessDate(Date.now());
  const asked = run<{ facts: Row }[]>`
    select online_scene(${[...new Set(messages.map((one) => one.merchantNo))]}::text[], ${[...new Set(terminalNos)]}::text[], ${keys.map((key) => key.terminalNo)}::text[],
      ${keys.map((key) => key.batchNo)}::int[], ${keys.map((key) => key.traceNo)}::int[], ${batch.map((one) => one.sentMs)}::bigint[], ${terminalNos}::text[], ${batch.map((one) => one.nonce)}::text[], ${today}) as facts`.execute();
  const [row] = (await asked).splice(0);
  unload(asked);
  if (!row) throw new Error('online_scene answered nothing');
  // The locks may have been waited for over midnight.
  if (businessDate(Date.now()) !== today) throw Object.assign(new Error('the day changed meanwhile'), { code: '40001' });
  return { ...tablesOf(row.facts), today };
}

/** As they are now, whatever is decided on them afterwards. */
export const copied = (accounts: Iterable<[string, QuotaAccount]>): HeldAccounts =>
  [...accounts].map(([no, account]) => [no, { ...account }] as const).toSorted(([, a], [, b]) => a.id - b.id);

function accountIn(text: string): [merchantNo: string, account: QuotaAccount] {
  const [merchantNo = '', id, balanceFen, lines, revision] = text.split(' ');
  return [merchantNo, { id: Number(id), balanceFen: Number(balanceFen), lines: Number(lines), revision: Number(revision) }];
}

function turnoverIn(text: string): [owner: string, turnover: Turnover] {
  const [owner = '', day = '', dayCount, dayFen, month = '', monthCount, monthFen] = text.split(' ');
  return [owner, { day, dayCount: Number(dayCount), dayFen: Number(dayFen), month, monthCount: Number(monthCount), monthFen: Number(monthFen) }];
}

function tablesOf(row: Row): Omit<Tables, 'today'> {
  const policies = new Map(Object.entries(row.policies ?? {}));
  const used = new Set(row.used ?? []);
  const accounts = new Map(row.accounts?.split(',').map(accountIn));
  // A transaction found twice is one object, so that what a message changes the next one sees.
  const byId = new Map((row.txns ?? []).map((txn) => [txn.id, txn]));
  const byKey = (reversal: boolean) =>
    new Map([...byId.values()].filter((txn) => (txn.type === 'reversal') === reversal).map((txn) => [keyOf(txn.terminalNo, txn.batchNo, txn.traceNo), txn]));
  return {
    accounts,
    held: copied(accounts),
    merchants: new Map((row.merchants ?? []).map((one) => [one.no, one])),
    terminals: new Map((row.terminals ?? []).map((one) => [one.no, one])),
    txns: byKey(false),
    reversals: byKey(true),
    byId,
    turnovers: new Map((row.turnovers ?? '').split(',').map(turnoverIn)),
    policies,
    policyMark: row.policyMark ?? '',
    limits: generalLimits(policies),
    closed: row.closed,
    transaction: row.transaction,
    ids: row.ids,
    takeNonce(incoming) {
      if (!owners.has(incoming)) {
        if (used.has(nonceOf(incoming))) return false;
        owners.add(incoming);
      }
      used.add(nonceOf(incoming));
      return true;
    },
  };
}
