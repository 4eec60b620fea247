// What a batch of messages leaves: postings, transactions, what was counted, and the log. The only writer of these tables.
import type postgres from 'postgres';
import type { Turnover } from '../workflows/rules/limits.ts';
import type { Message, Txn, Verdict } from '../workflows/rules/online.ts';
import { businessDate } from '../workflows/rules/time.ts';
import { postMany } from './ledger.ts';
import { commandOf } from './online.ts';
import type { Tables } from './online-scene.ts';

export interface Outcome {
  message: Message;
  verdict: Verdict;
  body: string;
  /** Epoch ms. */
  now: number;
  /** Kept under its key; null when it is only logged. */
  txn: Txn | null;
  balanceFen?: number | null;
}

export async function writeOutcomes(tx: postgres.TransactionSql, tables: Tables, outcomes: readonly Outcome[]): Promise<void> {
  const posted = outcomes.filter(({ verdict }) => verdict.legs);
  const logged = outcomes.filter(({ message, txn }) => !txn && tables.terminals.has(message.terminalNo));
  const exceptions = outcomes.filter(({ verdict }) => verdict.exception);
  const written = new Set(outcomes.flatMap(({ txn }) => (txn ? [txn.id] : [])));
  const marked = [...new Set(outcomes.flatMap(({ verdict }) => (verdict.marks ?? []).map(({ id }) => id)))].filter((id) => !written.has(id));
  await Promise.all([
    posted.length > 0 && post(tx, posted),
    written.size > 0 && keep(tx, outcomes),
    marked.length > 0 && mark(tx, tables, marked),
    count(tx, tables, outcomes),
    logged.length > 0 &&
      logMessages(
        tx,
        logged.map(({ message, verdict, now }) => ({ ...message, code: verdict.code, at: now, repeats: verdict.repeats !== undefined })),
      ),
    exceptions.length > 0 &&
      raiseExceptions(
        tx,
        exceptions.map(({ message, verdict, now }) => ({ ...message, why: verdict.exception ?? '', at: now })),
      ),
  ]);
}

async function post(tx: postgres.TransactionSql, outcomes: readonly Outcome[]): Promise<void> {
  const postings = outcomes.map(({ message, verdict, now }) => {
    const commandNo = commandOf(message);
    const reverses = message.type === 'reversal' ? { reverses: commandOf({ ...message, type: 'purchase' }) } : {};
    return { commandNo, event: message.type as 'purchase', cause: commandNo, businessDate: businessDate(now), legs: verdict.legs ?? [], ...reverses };
  });
  const answers = await postMany(tx, postings);
  const refused = answers.find(({ fault }) => fault !== null);
  // Everything was looked at under the lock, so the books can only refuse what nobody foresaw.
  if (refused) throw new Error(`the ledger refuses a transaction: ${refused.fault}`);
  if (answers.some(({ fresh }) => !fresh)) throw new Error('a transaction was posted before');
}

async function keep(tx: postgres.TransactionSql, outcomes: readonly Outcome[]): Promise<void> {
  const kept = outcomes.flatMap((one) => (one.txn ? [{ ...one, txn: one.txn }] : []));
  const column = <T>(pick: (one: (typeof kept)[number]) => T) => kept.map(pick);
  await tx`
    insert into terminal_txn (id, terminal_no, batch_no, trace_no, merchant_no, type, code, state, amount_fen, net_fen, fee_fen, refunded_fen, refunded_fee_fen, original_id, reason, card_mask, card_hash, business_date, at, balance_fen, content, answer, reversal)
    select *, type = 'reversal' from unnest(${column(({ txn }) => txn.id)}::bigint[], ${column(({ txn }) => txn.terminalNo)}::text[], ${column(({ txn }) => txn.batchNo)}::int[], ${column(({ txn }) => txn.traceNo)}::int[],
      ${column(({ txn }) => txn.merchantNo)}::text[], ${column(({ txn }) => txn.type)}::text[], ${column(({ txn }) => txn.code)}::text[],
      ${column(({ txn }) => txn.state)}::text[], ${column(({ txn }) => txn.amountFen)}::bigint[], ${column(({ verdict }) => verdict.netFen ?? 0)}::bigint[], ${column(({ txn }) => txn.feeFen)}::bigint[], ${column(({ txn }) => txn.refundedFen)}::bigint[],
      ${column(({ txn }) => txn.refundedFeeFen)}::bigint[], ${column(({ txn }) => txn.originalId)}::bigint[], ${column(({ message }) => message.reason)}::text[], ${column(({ message }) => message.cardMask)}::text[],
      ${column(({ message }) => message.cardHash)}::text[], ${column(({ txn }) => txn.businessDate)}::text[], ${column(({ txn }) => new Date(txn.at).toISOString())}::timestamptz[],
      ${column(({ balanceFen }) => balanceFen ?? null)}::bigint[], ${column(({ txn }) => txn.content)}::text[], ${column(({ txn }) => txn.answer)}::text[]) u(id, terminal_no, batch_no, trace_no, merchant_no, type)`;
}

const mark = (tx: postgres.TransactionSql, tables: Tables, ids: readonly number[]) => {
  const txns = ids.flatMap((id) => tables.byId.get(id) ?? []);
  return tx`
    update terminal_txn x set state = u.state, refunded_fen = u.refunded, refunded_fee_fen = u.fee
    from unnest(${txns.map(({ id }) => id)}::bigint[], ${txns.map(({ state }) => state)}::text[], ${txns.map((one) => one.refundedFen)}::bigint[], ${txns.map((one) => one.refundedFeeFen)}::bigint[]) u(id, state, refunded, fee)
    where x.id = u.id`;
};

function count(tx: postgres.TransactionSql, tables: Tables, outcomes: readonly Outcome[]) {
  // Only a terminal of this merchant: the lock of the merchant is the lock of what is counted.
  const ours = outcomes.filter(({ message }) => tables.terminals.get(message.terminalNo)?.merchantNo === message.merchantNo);
  const owners = [...new Set(ours.flatMap(({ message }) => [`M${message.merchantNo}`, `T${message.terminalNo}`]))].sort();
  const rows = owners.flatMap((owner) => {
    const turnover = tables.turnovers.get(owner);
    return turnover ? [{ owner, ...turnover }] : [];
  });
  const column = (pick: keyof Turnover | 'owner') => rows.map((row) => row[pick]);
  return tx`
    insert into turnover as t (owner, day, day_count, day_fen, month, month_count, month_fen, seen_at)
    select *, ${new Date().toISOString()}::timestamptz from unnest(${column('owner')}::text[], ${column('day')}::text[], ${column('dayCount')}::int[], ${column('dayFen')}::bigint[], ${column('month')}::text[], ${column('monthCount')}::int[], ${column('monthFen')}::bigint[])
    on conflict (owner) do update set day = excluded.day, day_count = excluded.day_count, day_fen = excluded.day_fen, month = excluded.month, month_count = excluded.month_count,
      month_fen = excluded.month_fen, seen_at = excluded.seen_at`;
}

export interface LoggedMessage {
  terminalNo: string;
  batchNo: number;
  traceNo: number;
  type: string;
  code: string;
  /** Epoch ms. */
  at: number;
  repeats: boolean;
}
export async function logMessages(tx: postgres.TransactionSql, rows: readonly LoggedMessage[]): Promise<void> {
  const column = <T>(pick: (one: LoggedMessage) => T) => rows.map(pick);
  await tx`
    insert into terminal_message (terminal_no, batch_no, trace_no, type, code, at, repeats)
    select t, b, n, y, c, a::timestamptz, r = 1 from unnest(${column((one) => one.terminalNo)}::text[], ${column((one) => one.batchNo)}::int[], ${column((one) => one.traceNo)}::int[], ${column((one) => one.type)}::text[],
      ${column((one) => one.code)}::text[], ${column((one) => new Date(one.at).toISOString())}::text[], ${column((one) => (one.repeats ? 1 : 0))}::int[]) u(t, b, n, y, c, a, r)`;
}

export interface OnlineException {
  terminalNo: string;
  batchNo: number;
  traceNo: number;
  why: string;
  amountFen: number;
  /** Epoch ms. */
  at: number;
}
export async function raiseExceptions(tx: postgres.TransactionSql, rows: readonly OnlineException[]): Promise<void> {
  const column = <T>(pick: (one: OnlineException) => T) => rows.map(pick);
  await tx`
    insert into terminal_exception (terminal_no, batch_no, trace_no, why, amount_fen, at)
    select t, b, n, w, f, a::timestamptz from unnest(${column((one) => one.terminalNo)}::text[], ${column((one) => one.batchNo)}::int[], ${column((one) => one.traceNo)}::int[], ${column((one) => one.why)}::text[],
      ${column((one) => one.amountFen)}::bigint[], ${column((one) => new Date(one.at).toISOString())}::text[]) u(t, b, n, w, f, a)`;
}
