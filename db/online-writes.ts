// What a batch of messages leaves: postings, transactions, what was counted, and the log, written by one statement (online.sql).
import type postgres from 'postgres';
import type { LedgerEvent, Posting } from '../workflows/rules/ledger.ts';
import type { Message, Txn, Verdict } from '../workflows/rules/online.ts';
import { joined } from './arrays.ts';
import { unload } from './guarded.ts';
import { postingBatch } from './ledger.ts';
import { commandOf, revisionOf } from './online.ts';
import type { Tables } from './online-scene.ts';

export interface Outcome {
  message: Message;
  verdict: Verdict;
  body: string;
  /** Epoch ms. */
  now: number;
  sentMs: number;
  nonce: string;
  /** Kept under its key; null when it is only logged. */
  txn: Txn | null;
  balanceFen?: number | null;
}

/** What a batch's writing is held to. */
export interface Held {
  /** The transaction that must be the present one; null where the statement is the whole of it, and nothing is locked yet. */
  transaction: string | null;
  /** So many system numbers are given out for the next batch. */
  reserve: number;
}

interface Reserved {
  mark: string;
  ids: number[] | null;
}

/** One statement, sent at once behind what was sent before; answers the system numbers that were reserved. */
export async function writeOutcomes(run: postgres.Sql, tables: Tables, outcomes: readonly Outcome[], held: Held): Promise<number[]> {
  const transaction = held.transaction === null ? run`null` : run`${held.transaction}`;
  const kept = outcomes.flatMap((one) => (one.txn ? [{ ...one, txn: one.txn }] : []));
  const written = new Set(kept.map(({ txn }) => txn.id));
  const marked = [...new Set(outcomes.flatMap(({ verdict }) => (verdict.marks ?? []).map(({ id }) => id)))].filter((id) => !written.has(id));
  const marks = marked
    .flatMap((id) => tables.byId.get(id) ?? [])
    .map(({ id, state, refundedFen, refundedFeeFen }) => ({ id, state, refundedFen, refundedFeeFen }));
  const logged = outcomes.filter(({ message, txn }) => !txn && tables.terminals.has(message.terminalNo));
  const messages = logged.map(({ message, verdict, now }) => ({
    ...keyed(message),
    type: message.type,
    code: verdict.code,
    at: now,
    repeats: verdict.repeats !== undefined,
  }));
  const exceptions = outcomes.flatMap(({ message, verdict, now }) =>
    verdict.exception ? [{ ...keyed(message), why: verdict.exception, amountFen: message.amountFen, at: now }] : [],
  );
  const c = <T>(pick: (one: (typeof kept)[number]) => T) => kept.map(pick);
  const j = (list: readonly string[]) => joined(run, list);
  const t = turnoversOf(tables, outcomes);
  const postings = outcomes.flatMap((one) => postingOf(one, tables));
  const alone = held.transaction === null;
  const revision = revisionOf(tables);
  const posting = postingBatch(run, tables.today, postings, { transaction, accounts: tables.held, revision });
  // Under the locks that the posting takes.
  const still = alone ? run`online_still(${tables.today}, ${tables.policyMark}),` : run``;
  const mark = String(revision);
  const asked = run<Reserved[]>`
      select ${posting}, ${still} online_write(${transaction}, ${c(({ txn }) => txn.id)}::bigint[], ${j(c(({ txn }) => txn.terminalNo))}, ${c(({ txn }) => txn.batchNo)}::int[], ${c(({ txn }) => txn.traceNo)}::int[], ${j(c(({ txn }) => txn.merchantNo))},
        ${c(({ txn }) => txn.type)}::text[], ${c(({ txn }) => txn.code)}::text[], ${c(({ txn }) => txn.state)}::text[], ${c(({ txn }) => txn.amountFen)}::bigint[],
        ${c(({ verdict }) => verdict.netFen ?? 0)}::bigint[], ${c(({ txn }) => txn.feeFen)}::bigint[], ${c(({ txn }) => txn.refundedFen)}::bigint[], ${c(({ txn }) => txn.refundedFeeFen)}::bigint[],
        ${c(({ txn }) => txn.originalId)}::bigint[], ${c(({ message }) => message.reason)}::text[], ${c(({ message }) => message.cardMask)}::text[], ${c(({ message }) => message.cardHash)}::text[], ${tables.today}, ${outcomes[0]?.now ?? 0},
        ${c(({ balanceFen }) => balanceFen ?? null)}::bigint[], ${j(c(({ txn }) => txn.content))}, ${j(c(({ txn }) => txn.answer))},
        ${j(t.map((one) => one.owner))}, ${t.map((one) => one.month)}::text[], ${t.map((one) => one.day)}::text[], ${t.map((one) => one.dayCount)}::int[], ${t.map((one) => one.dayFen)}::bigint[],
        ${t.map((one) => one.monthCount)}::int[], ${t.map((one) => one.monthFen)}::bigint[], ${outcomes.map((one) => one.sentMs)}::bigint[], ${j(outcomes.map(({ message }) => message.terminalNo))}, ${j(outcomes.map((one) => one.nonce))}, ${json(marks)}::text::json, ${json(messages)}::text::json, ${json(exceptions)}::text::json),
        (select json_agg(nextval('terminal_txn_id_seq')) from generate_series(1, ${held.reserve}::int)) as ids, ${mark} as mark`.execute();
  const [row] = await asked;
  unload(asked);
  // An answer that is not its own says nothing about it.
  if (row?.mark !== mark) throw Object.assign(new Error('answered to something else'), { code: 'CONNECTION_DESTROYED' });
  return row.ids ?? [];
}

const keyed = ({ terminalNo, batchNo, traceNo }: Message) => ({ terminalNo, batchNo, traceNo });
const json = (rows: readonly object[]) => (rows.length > 0 ? JSON.stringify(rows) : null);

/** A 冲正 reverses its entry; a void or refund names the entry that it gives back from as its cause. */
function postingOf({ message, verdict }: Outcome, { byId, today: date }: Tables): Posting[] {
  if (!verdict.legs) return [];
  const commandNo = commandOf(message);
  const original = message.type === 'void' || message.type === 'refund' ? byId.get(verdict.originalId ?? 0) : undefined;
  const cause = original ? commandOf(original) : commandNo;
  const reverses = message.type === 'reversal' ? { reverses: commandOf({ ...message, type: 'purchase' }) } : {};
  return [{ commandNo, event: message.type as LedgerEvent, cause, businessDate: date, legs: verdict.legs, ...reverses }];
}

function turnoversOf(tables: Tables, outcomes: readonly Outcome[]) {
  // Only a terminal of this merchant: the lock of the merchant is the lock of what is counted.
  const ours = outcomes.filter(({ message }) => tables.terminals.get(message.terminalNo)?.merchantNo === message.merchantNo);
  const owners = [...new Set(ours.flatMap(({ message }) => [`M${message.merchantNo}`, `T${message.terminalNo}`]))];
  return owners.flatMap((owner) => {
    const turnover = tables.turnovers.get(owner);
    return turnover ? [{ owner, ...turnover }] : [];
  });
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
  await tx`select online_log(${json(rows)}::text::json, null)`;
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
  await tx`select online_log(null, ${json(rows)}::text::json)`;
}
