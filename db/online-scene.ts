// What the tables say about a batch of messages, read under the locks of the quota accounts. The statements travel together.
import type postgres from 'postgres';
import type { Turnover } from '../workflows/rules/limits.ts';
import type { Txn } from '../workflows/rules/online.ts';
import { businessDate } from '../workflows/rules/time.ts';
import { nonceKey, takeNonces } from './nonces.ts';
import { type Incoming, keyOf } from './online.ts';

export interface Tables {
  accounts: Map<string, { balanceFen: number }>;
  merchants: Map<string, MerchantTerms>;
  terminals: Map<string, TerminalTerms>;
  txns: Map<string, Txn>;
  reversals: Map<string, Txn>;
  byId: Map<number, Txn>;
  turnovers: Map<string, Turnover>;
  policies: Map<string, string>;
  closedDays: Set<string>;
  /** System numbers for the transactions to come, one for each message. */
  ids: number[];
  /** Whether the nonce was used for the first time, and by this message. */
  takeNonce(incoming: Incoming): boolean;
}
interface MerchantTerms {
  status: string;
  feePpm: number;
  feeCapFen: number | null;
  limits: { single: number | null; daily: number | null; monthly: number | null };
}
interface TerminalTerms {
  status: string;
  merchantNo: string;
  permitted: string[];
  hours: string;
  limits: { single: number | null; daily: number | null };
  session?: { keyNo: number; signedOnMs: number; batchNo: number };
}

const number = (value: string | null): number | null => (value === null ? null : Number(value));
const nonceOf = ({ message: { terminalNo }, sentMs, nonce }: Incoming) => ({ sentMs, terminalNo, nonce });

export async function readScenes(tx: postgres.TransactionSql, batch: readonly Incoming[]): Promise<Tables> {
  const messages = batch.map(({ message }) => message);
  const distinct = (list: string[]) => [...new Set(list)];
  const merchantNos = distinct(messages.map((one) => one.merchantNo));
  const terminalNos = distinct(messages.map((one) => one.terminalNo));
  const keys = messages.flatMap((one) => [one, ...(one.original ? [one.original] : [])]);
  const today = businessDate(Date.now());
  const [accounts, merchants, terminals, txns, turnovers, policies, days, fresh, ids] = await Promise.all([
    tx<{ merchant_no: string; fen: string }[]>`select merchant_no, fen from ledger_lock(${merchantNos}::text[])`,
    tx<
      MerchantRow[]
    >`select merchant_no, status, fee_ppm, fee_cap_fen, single_limit_fen, daily_limit_fen, monthly_limit_fen from merchant where merchant_no = any(${merchantNos}::text[])`,
    tx<TerminalRow[]>`
      select t.terminal_no, t.merchant_no, t.status, t.permitted, t.business_hours, t.single_limit_fen, t.daily_limit_fen, s.key_no, s.batch_no, (extract(epoch from s.signed_on_at) * 1000)::float8 as signed_on
      from terminal t left join terminal_session s on s.terminal_no = t.terminal_no where t.terminal_no = any(${terminalNos}::text[])`,
    tx<TxnRow[]>`
      with hit as (select x.* from unnest(${keys.map((key) => key.terminalNo)}::text[], ${keys.map((key) => key.batchNo)}::int[], ${keys.map((key) => key.traceNo)}::int[]) k(t, b, n)
        join terminal_txn x on x.terminal_no = k.t and x.batch_no = k.b and x.trace_no = k.n)
      select * from hit union all select x.* from terminal_txn x where x.id in (select original_id from hit where original_id is not null)`,
    tx<TurnoverRow[]>`select * from turnover where owner = any(${[...merchantNos.map((no) => `M${no}`), ...terminalNos.map((no) => `T${no}`)]}::text[])`,
    tx<{ key: string; value: string }[]>`select key, value from policy where key like 'limit.%' or key like 'refund.%' or key like 'terminal.%'`,
    tx<
      { day: string }[]
    >`select l.business_date as day from (select pg_advisory_xact_lock_shared(20131103, ${today}::int)) x, ledger_day l where l.business_date = ${today}`,
    takeNonces(tx, batch.map(nonceOf)),
    tx<{ id: string }[]>`select nextval('terminal_txn_id_seq') as id from generate_series(1, ${batch.length}::int)`,
  ]);
  const all = txns.map(txnOf);
  const byKey = (reversal: boolean) =>
    new Map(all.filter((txn) => (txn.type === 'reversal') === reversal).map((txn) => [keyOf(txn.terminalNo, txn.batchNo, txn.traceNo), txn]));
  // A transaction found twice is one object, so that what a message changes the next one sees.
  const byId = new Map(all.map((txn) => [txn.id, txn]));
  const same = (map: Map<string, Txn>) => new Map([...map].map(([key, txn]) => [key, byId.get(txn.id) ?? txn]));
  return {
    accounts: new Map(accounts.map(({ merchant_no, fen }) => [merchant_no, { balanceFen: Number(fen) }])),
    merchants: new Map(merchants.map((row) => [row.merchant_no, merchantOf(row)])),
    terminals: new Map(terminals.map((row) => [row.terminal_no, terminalOf(row)])),
    txns: same(byKey(false)),
    reversals: same(byKey(true)),
    byId,
    turnovers: new Map(turnovers.map((row) => [row.owner, turnoverOf(row)])),
    policies: new Map(policies.map(({ key, value }) => [key, value])),
    closedDays: new Set(days.map(({ day }) => day)),
    ids: ids.map(({ id }) => Number(id)),
    takeNonce: (incoming) => fresh.delete(nonceKey(nonceOf(incoming))),
  };
}

interface MerchantRow {
  merchant_no: string;
  status: string;
  fee_ppm: number;
  fee_cap_fen: string | null;
  single_limit_fen: string | null;
  daily_limit_fen: string | null;
  monthly_limit_fen: string | null;
}
const merchantOf = (row: MerchantRow): MerchantTerms => ({
  status: row.status,
  feePpm: row.fee_ppm,
  feeCapFen: number(row.fee_cap_fen),
  limits: { single: number(row.single_limit_fen), daily: number(row.daily_limit_fen), monthly: number(row.monthly_limit_fen) },
});

interface TerminalRow {
  terminal_no: string;
  merchant_no: string;
  status: string;
  permitted: string[];
  business_hours: string;
  single_limit_fen: string | null;
  daily_limit_fen: string | null;
  key_no: number | null;
  batch_no: number | null;
  signed_on: number | null;
}
const terminalOf = (row: TerminalRow): TerminalTerms => ({
  status: row.status,
  merchantNo: row.merchant_no,
  permitted: row.permitted,
  hours: row.business_hours,
  limits: { single: number(row.single_limit_fen), daily: number(row.daily_limit_fen) },
  ...(row.key_no !== null && { session: { keyNo: row.key_no, signedOnMs: row.signed_on ?? 0, batchNo: row.batch_no ?? 0 } }),
});

interface TurnoverRow {
  owner: string;
  day: string;
  day_count: number;
  day_fen: string;
  month: string;
  month_count: number;
  month_fen: string;
}
const turnoverOf = (row: TurnoverRow): Turnover => ({
  day: row.day,
  dayCount: row.day_count,
  dayFen: Number(row.day_fen),
  month: row.month,
  monthCount: row.month_count,
  monthFen: Number(row.month_fen),
});

export interface TxnRow {
  id: string;
  terminal_no: string;
  batch_no: number;
  trace_no: number;
  merchant_no: string;
  type: Txn['type'];
  code: Txn['code'];
  state: Txn['state'];
  amount_fen: string;
  fee_fen: string;
  refunded_fen: string;
  refunded_fee_fen: string;
  original_id: string | null;
  business_date: string;
  at: Date;
  content: string;
  answer: string;
}
const txnOf = (row: TxnRow): Txn => ({
  id: Number(row.id),
  merchantNo: row.merchant_no,
  terminalNo: row.terminal_no,
  batchNo: row.batch_no,
  traceNo: row.trace_no,
  type: row.type,
  code: row.code,
  state: row.state,
  amountFen: Number(row.amount_fen),
  feeFen: Number(row.fee_fen),
  refundedFen: Number(row.refunded_fen),
  refundedFeeFen: Number(row.refunded_fee_fen),
  originalId: number(row.original_id),
  businessDate: row.business_date,
  at: row.at.getTime(),
  content: row.content,
  answer: row.answer,
});
