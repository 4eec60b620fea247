// What a batch of messages leaves: postings, transactions, what was counted, and the log, written by one statement (online.sql).
import type postgres from 'postgres';
import type { LedgerEvent, Posting } from '../workflows/rules/ledger.ts';
import type { Message, Txn, Verdict } from '../workflows/rules/online.ts';
import { joined, numbered, type Parameter } from './arrays.ts';
import { unload } from './guarded.ts';
import { POSTING_BATCH, postingBatch } from './ledger.ts';
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

const WRITING = `online_write(?, ?::bigint[], #, ?::int[], ?::int[], #, ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
  ?::bigint[], ?::text[], ?::text[], ?::text[], ?, ?, ?::bigint[], #, #, #, ?::text[], ?::text[], ?::int[], ?::bigint[], ?::int[], ?::bigint[], ?::bigint[], #, #, ?::text::json, ?::text::json, ?::text::json),
  (select json_agg(nextval('terminal_txn_id_seq')) from generate_series(1, ?::int)) as ids, ?::text as mark`;
/** The whole of a transaction: what was decided on is looked at under the locks that the posting takes. */
const ALONE = numbered(`select ${POSTING_BATCH}, online_still(?, ?), ${WRITING}`);
/** In the transaction that has the locks. */
const LOCKED = numbered(`select ${POSTING_BATCH}, ${WRITING}`);

/** One statement, sent at once behind what was sent before; answers the system numbers that were reserved. */
export async function writeOutcomes(run: postgres.Sql, tables: Tables, outcomes: readonly Outcome[], held: Held): Promise<number[]> {
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
  const j = (pick: (one: (typeof kept)[number]) => string) => joined(kept.map(pick));
  const t = turnoversOf(tables, outcomes);
  const postings = outcomes.flatMap((one) => postingOf(one, tables));
  const { transaction } = held;
  const revision = revisionOf(tables);
  const mark = String(revision);
  const parameters: Parameter[] = [
    ...postingBatch(tables.today, postings, { transaction, accounts: tables.held, revision }),
    ...(transaction === null ? [tables.today, tables.policyMark] : []),
    ...[
      transaction,
      c(({ txn }) => txn.id),
      j(({ txn }) => txn.terminalNo),
      c(({ txn }) => txn.batchNo),
      c(({ txn }) => txn.traceNo),
      j(({ txn }) => txn.merchantNo),
    ],
    ...[c(({ txn }) => txn.type), c(({ txn }) => txn.code), c(({ txn }) => txn.state), c(({ txn }) => txn.amountFen)],
    ...[c(({ verdict }) => verdict.netFen ?? 0), c(({ txn }) => txn.feeFen), c(({ txn }) => txn.refundedFen), c(({ txn }) => txn.refundedFeeFen)],
    ...[c(({ txn }) => txn.originalId), c(({ message }) => message.reason), c(({ message }) => message.cardMask), c(({ message }) => message.cardHash)],
    ...[tables.today, outcomes[0]?.now ?? 0, c(({ balanceFen }) => balanceFen ?? null), j(({ txn }) => txn.content), j(({ txn }) => txn.answer)],
    ...[joined(t.map((one) => one.owner)), t.map((one) => one.month), t.map((one) => one.day), t.map((one) => one.dayCount), t.map((one) => one.dayFen)],
    ...[t.map((one) => one.monthCount), t.map((one) => one.monthFen)],
    ...[outcomes.map((one) => one.sentMs), joined(outcomes.map(({ message }) => message.terminalNo)), joined(outcomes.map((one) => one.nonce))],
    ...[json(marks), json(messages), json(exceptions), held.reserve, mark],
  ];
  const asked = run.unsafe<Reserved[]>(transaction === null ? ALONE : LOCKED, parameters as never[], { prepare: true }).execute();
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
