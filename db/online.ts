// 联机业务: a batch of terminals' messages, decided whole under the lock of their merchants' quota accounts and written with its postings in one transaction.
import { limitsFrom, noTurnover, type Turnover, turnoverOn, withPurchase } from '../workflows/rules/limits.ts';
import { amountOf, decide, isInForce, KEY_MINUTES, type Message, type Scene, type Txn, type Verdict } from '../workflows/rules/online.ts';
import { shanghaiTime } from '../workflows/rules/time.ts';
import type { Tables } from './online-scene.ts';
import type { Outcome } from './online-writes.ts';

/** A message as it came in, its signature already looked at. */
export interface Incoming {
  message: Message;
  /** Digest of what it asks for: the same again is answered the same. */
  content: string;
  /** The working key that signed it, by its number; null when none did. */
  keyNo: number | null;
  sentMs: number;
  nonce: string;
}

/** What goes back to the terminal, as text for ever. */
export interface Answered {
  code: string;
  body: string;
}
export type Render = (message: Message, facts: AnswerFacts) => string;
export interface AnswerFacts {
  code: Verdict['code'];
  systemNo: number | null;
  feeFen: number;
  /** Fen; null where nothing was looked up. */
  availableFen: number | null;
  at: number;
}

export const keyOf = (terminalNo: string, batchNo: number, traceNo: number) => `${terminalNo}/${batchNo}/${traceNo}`;
/** Command number of a transaction's entry: the key, and R for 冲正. */
export const commandOf = ({ terminalNo, batchNo, traceNo, type }: Pick<Message, 'terminalNo' | 'batchNo' | 'traceNo' | 'type'>) =>
  `${terminalNo}/${String(batchNo).padStart(6, '0')}/${String(traceNo).padStart(6, '0')}${type === 'reversal' ? 'R' : ''}`;

/** Decides every message in order, as if it stood alone, on tables that change as it goes. */
export function decideAll(tables: Tables, batch: readonly Incoming[], render: Render): Outcome[] {
  const now = Date.now();
  const clock = shanghaiTime(now).slice(11, 16);
  const outcomes = batch.map((incoming, i) => answer(tables, incoming, render, { now, clock, id: tables.ids[i] ?? 0 }));
  for (const [merchantNo] of tables.held) {
    const account = tables.accounts.get(merchantNo);
    if (account) account.revision = revisionOf(tables);
  }
  return outcomes;
}
/** What the accounts of a batch have after it: its first system number, which no other batch has. */
export function revisionOf({ ids: [first] }: Tables): number {
  if (!first) throw new Error('a batch without numbers');
  return first;
}

/** When a message is decided, and its system number. */
interface Turn {
  /** Epoch ms, and `hh:mm` in Shanghai. */
  now: number;
  clock: string;
  id: number;
}
function answer(tables: Tables, incoming: Incoming, render: Render, { now, clock, id }: Turn): Outcome {
  const { message, content, sentMs, nonce } = incoming;
  const scene = sceneOf(tables, incoming, { now, clock });
  const verdict = decide(message, scene);
  const account = tables.accounts.get(message.merchantNo);
  if (verdict.repeats) return { message, verdict, body: verdict.repeats.answer, now, sentMs, nonce, txn: null };
  for (const leg of verdict.legs ?? [])
    if (account && leg.owner === message.merchantNo) {
      account.balanceFen += (leg.credit ?? 0) - (leg.debit ?? 0);
      account.lines += 1;
    }
  const availableFen = verdict.code === '00' ? (account?.balanceFen ?? null) : null;
  const facts = { code: verdict.code, systemNo: verdict.kept ? id : null, feeFen: verdict.feeFen ?? 0, availableFen, at: now };
  const amountFen = amountOf(message, verdict);
  const body = render({ ...message, amountFen }, facts);
  const at = { merchant: `M${message.merchantNo}`, terminal: `T${message.terminalNo}` };
  if (tables.terminals.get(message.terminalNo)?.merchantNo === message.merchantNo)
    for (const owner of Object.values(at)) tables.turnovers.set(owner, counted(turnoverOf(tables, owner, scene.today), verdict));
  for (const { id: marked, ...changes } of verdict.marks ?? []) Object.assign(tables.byId.get(marked) ?? {}, changes);
  if (!verdict.kept || message.type === 'balance') return { message, verdict, body, now, sentMs, nonce, txn: null };
  const txn: Txn = {
    id,
    ...message,
    type: message.type,
    amountFen,
    code: verdict.code,
    state: verdict.code === '00' ? 'approved' : 'declined',
    feeFen: verdict.feeFen ?? 0,
    refundedFen: 0,
    refundedFeeFen: 0,
    originalId: verdict.originalId ?? null,
    businessDate: scene.today,
    at: now,
    content,
    answer: body,
  };
  tables.byId.set(id, txn);
  (message.type === 'reversal' ? tables.reversals : tables.txns).set(keyOf(message.terminalNo, message.batchNo, message.traceNo), txn);
  return { message, verdict, body, now, sentMs, nonce, txn, balanceFen: account?.balanceFen ?? null };
}

const counted = (turnover: Turnover, { counts }: Verdict) => (counts ? withPurchase(turnover, counts.fen, counts.times, counts.madeOn) : turnover);
const turnoverOf = (tables: Tables, owner: string, day: string) => turnoverOn(tables.turnovers.get(owner) ?? noTurnover(day), day);

function sceneOf(tables: Tables, incoming: Incoming, { now, clock }: Omit<Turn, 'id'>): Scene {
  const { message, content, keyNo } = incoming;
  const { terminalNo, merchantNo, batchNo, traceNo, original } = message;
  const merchant = tables.merchants.get(merchantNo);
  const terminal = tables.terminals.get(terminalNo);
  const key = keyOf(terminalNo, batchNo, traceNo);
  const known = tables.txns.get(key) ?? null;
  const named = original ? tables.txns.get(keyOf(original.terminalNo, original.batchNo, original.traceNo)) : known;
  const { policies, today } = tables;
  const session = terminal && terminal.keyNo !== null ? { keyNo: terminal.keyNo, signedOnMs: terminal.signedOnMs ?? 0 } : null;
  return {
    now,
    today,
    clock,
    dayClosed: tables.closed,
    merchant: merchant?.status ?? null,
    terminal: terminal ? { status: terminal.status, merchantNo: terminal.merchantNo, permitted: terminal.permitted, hours: terminal.hours } : null,
    genuine: session !== null && isInForce(keyNo, session, now, Number(policies.get('terminal.keyMinutes') ?? KEY_MINUTES)),
    nonceFresh: tables.takeNonce(incoming),
    openBatch: terminal?.batchNo ?? null,
    known,
    reversal: tables.reversals.get(key) ?? null,
    original: named ?? null,
    parent: (known?.originalId ? tables.byId.get(known.originalId) : undefined) ?? null,
    quotaFen: tables.accounts.get(merchantNo)?.balanceFen ?? 0,
    turnover: { merchant: turnoverOf(tables, `M${merchantNo}`, today), terminal: turnoverOf(tables, `T${terminalNo}`, today) },
    terms: {
      merchant: limitsFrom(merchant ?? {}, tables.limits.merchant),
      terminal: limitsFrom(terminal ?? {}, tables.limits.terminal),
      feePpm: merchant?.feePpm ?? 0,
      feeCapFen: merchant?.feeCapFen ?? null,
      refundDays: Number(policies.get('refund.days') ?? 30),
      refundsFee: policies.get('refund.returnsFee') === 'on',
      hoursOnly: policies.get('limit.hoursOnly') === 'on',
    },
    content,
  };
}
