// 联机业务 (rules.md §3.5, §3.6, §9): what a terminal's message comes to. Pure: the scene is what the tables say under the merchant's lock.
import { type Leg, mirrored, QUOTA } from './ledger.ts';
import { type Limits, limitRefusal, type Turnover, withinHours } from './limits.ts';
import { MAX_SINGLE_FEN } from './money.ts';
import type { ResponseCode } from './response-codes.ts';

export type OnlineType = 'purchase' | 'void' | 'refund' | 'reversal' | 'balance';
/** 98 no answer, 96 the terminal failed after approval, A0 the answer's MAC was wrong, 06 other. */
export const reversalReasons = ['98', '96', 'A0', '06'] as const;

/** A message that names a terminal's own number of a transaction; for 冲正 those of the original. */
export interface Message {
  type: OnlineType;
  merchantNo: string;
  terminalNo: string;
  batchNo: number;
  traceNo: number;
  /** Fen; 0 where the type has no amount. */
  amountFen: number;
  original: { terminalNo: string; batchNo: number; traceNo: number } | null;
  reason: string;
  /** First six and last four digits; '' without a card. */
  cardMask: string;
  cardHash: string;
}

export interface Txn {
  id: number;
  merchantNo: string;
  terminalNo: string;
  batchNo: number;
  traceNo: number;
  type: Exclude<OnlineType, 'balance'>;
  code: ResponseCode;
  state: 'approved' | 'declined' | 'voided' | 'reversed';
  amountFen: number;
  feeFen: number;
  refundedFen: number;
  refundedFeeFen: number;
  originalId: number | null;
  businessDate: string;
  /** Epoch ms. */
  at: number;
  /** Digest of what was asked: the same again is answered the same. */
  content: string;
  answer: string;
}
/** What a message that is kept adds to the merchant's consumption; amount of a 冲正 is its original's. */
export const amountOf = (message: Message, { netFen }: Verdict): number => (message.type === 'reversal' ? Math.abs(netFen ?? 0) : message.amountFen);

export interface Scene {
  /** Epoch ms, `yyyymmdd` and `hh:mm` in Shanghai. */
  now: number;
  today: string;
  clock: string;
  dayClosed: boolean;
  /** Status of the merchant that the message names; null when there is none. */
  merchant: string | null;
  terminal: { status: string; merchantNo: string; permitted: readonly string[]; hours: string } | null;
  /** Whether the message was signed with a key that is in force, in time, with a nonce of its own. */
  genuine: boolean;
  nonceFresh: boolean;
  /** Number of the open batch; null before the first sign-on. */
  openBatch: number | null;
  /** The transaction of this key and its 冲正; the transaction that it names, and what that one in turn belongs to. */
  known: Txn | null;
  reversal: Txn | null;
  original: Txn | null;
  parent: Txn | null;
  quotaFen: number;
  turnover: { merchant: Turnover; terminal: Turnover };
  terms: { merchant: Limits; terminal: Limits; feePpm: number; feeCapFen: number | null; refundDays: number; refundsFee: boolean; hoursOnly: boolean };
  content: string;
}

/** What follows from a message: an answer, and what it does when the answer is 00. */
export interface Verdict {
  code: ResponseCode;
  /** Answer as stored: the message came before. */
  repeats?: Txn;
  /** Kept under its key; otherwise only in the message log. */
  kept?: true;
  legs?: readonly Leg[];
  feeFen?: number;
  /** What it adds to the merchant's consumption, without fee: less than 0 where something is given back. */
  netFen?: number;
  /** The transaction whose state changes, and how. */
  marks?: readonly Mark[];
  originalId?: number;
  /** A purchase counted (1), or taken back (−1), towards the limits; with its business date. */
  counts?: { fen: number; times: 1 | -1; madeOn: string };
  /** For reconciliation: what a person has to look at. */
  exception?: 'settled' | 'quota' | 'unknown';
}

/** 消费: quota pays amount and fee. */
export const purchaseLegs = (merchantNo: string, fen: number, feeFen: number): Leg[] => [
  { account: QUOTA, owner: merchantNo, debit: fen + feeFen },
  { account: '2202.01', credit: fen },
  ...(feeFen > 0 ? [{ account: '6001.01', credit: feeFen } as const] : []),
];

/** Half a fen is rounded up; never above the cap. `ppm` parts per million. */
export const feeOf = (fen: number, ppm: number, capFen: number | null): number => {
  const exact = Number((BigInt(fen) * BigInt(ppm) * 2n + 1_000_000n) / 2_000_000n);
  return capFen === null ? exact : Math.min(exact, capFen);
};

/** Whether a working key is taken, by its number: the present one, and for so many minutes after a sign-on the one before, because its answer may have been lost. */
export const isInForce = (keyNo: number | null, session: { keyNo: number; signedOnMs: number }, now: number, minutes: number): boolean =>
  keyNo === session.keyNo || (keyNo === session.keyNo - 1 && now - session.signedOnMs < minutes * 60_000);
/** The parameter `terminal.keyMinutes`, where there is none. */
export const KEY_MINUTES = 30;

/** Whether merchant, terminal and signature let a message in at all; null when they do. The order of the checks is the rule's. */
export function doorRefusal({ merchant, terminal, genuine }: Pick<Scene, 'merchant' | 'terminal' | 'genuine'>, merchantNo: string): ResponseCode | null {
  if (merchant !== 'active') return '03';
  if (!terminal || terminal.merchantNo !== merchantNo) return '97';
  if (terminal.status === 'pending') return '58';
  if (terminal.status !== 'active') return '97';
  return genuine ? null : 'A0';
}

export function decide(message: Message, scene: Scene): Verdict {
  const refused = doorRefusal(scene, message.merchantNo);
  if (refused) return { code: refused };
  const { known, reversal, openBatch } = scene;
  const told = message.type === 'reversal' ? reversal : known;
  const repeats = told !== null && (message.type === 'reversal' || told.content === scene.content);
  if (!scene.nonceFresh && !repeats) return { code: 'A0' };
  if (message.type !== 'reversal' && !scene.terminal?.permitted.includes(message.type)) return { code: '58' };
  if (openBatch === null || message.batchNo > openBatch || (message.batchNo < openBatch && message.type !== 'reversal')) return { code: '77' };
  if (message.type === 'balance') return { code: '00' };
  if (told) return repeats ? { code: told.code, repeats: told } : { code: '94' };
  if (scene.dayClosed) return { code: '90' };
  if (message.type === 'reversal') return reverse(scene, message, openBatch);
  // The 冲正 came first: the original must never succeed.
  if (reversal) return { code: '94', kept: true };
  if (message.amountFen < 1 || message.amountFen > MAX_SINGLE_FEN) return { code: '13', kept: true };
  return {
    kept: true,
    ...(message.type === 'purchase' ? purchase(scene, message) : message.type === 'void' ? voided(scene, message) : refund(scene, message)),
  };
}

function purchase({ terms, turnover, quotaFen, today, clock, terminal }: Scene, { merchantNo, amountFen }: Message): Verdict {
  if (terms.hoursOnly && !withinHours(terminal?.hours ?? '', clock)) return { code: '58' };
  const limit = limitRefusal(terms.terminal, turnover.terminal, amountFen) ?? limitRefusal(terms.merchant, turnover.merchant, amountFen);
  if (limit) return { code: limit };
  const feeFen = feeOf(amountFen, terms.feePpm, terms.feeCapFen);
  if (quotaFen < amountFen + feeFen) return { code: '51' };
  return { code: '00', feeFen, netFen: amountFen, legs: purchaseLegs(merchantNo, amountFen, feeFen), counts: { fen: amountFen, times: 1, madeOn: today } };
}

/** 撤销: of a whole purchase of this batch that nothing has happened to. */
function voided({ original }: Scene, { merchantNo, amountFen, batchNo }: Message): Verdict {
  if (!original || original.merchantNo !== merchantNo) return { code: '25' };
  if (original.type !== 'purchase' || original.state !== 'approved' || original.refundedFen > 0 || original.batchNo !== batchNo) return { code: '12' };
  if (original.amountFen !== amountFen) return { code: '64' };
  return {
    code: '00',
    feeFen: original.feeFen,
    netFen: -amountFen,
    originalId: original.id,
    legs: mirrored(purchaseLegs(merchantNo, amountFen, original.feeFen)),
    marks: [mark(original, { state: 'voided' })],
    counts: { fen: amountFen, times: -1, madeOn: original.businessDate },
  };
}

/** 退货: of a purchase, in parts, until nothing is left of it. The fee goes back in proportion, its last fen with the last part. */
function refund({ original, terms, now }: Scene, { merchantNo, amountFen }: Message): Verdict {
  if (!original || original.merchantNo !== merchantNo) return { code: '25' };
  if (original.type !== 'purchase' || original.state !== 'approved' || now - original.at > terms.refundDays * 86_400_000) return { code: '12' };
  const refundedFen = original.refundedFen + amountFen;
  if (refundedFen > original.amountFen) return { code: '64' };
  const dueFee = terms.refundsFee ? Number((BigInt(original.feeFen) * BigInt(refundedFen)) / BigInt(original.amountFen)) : original.refundedFeeFen;
  const refundedFeeFen = Math.max(dueFee, original.refundedFeeFen);
  const feeFen = refundedFeeFen - original.refundedFeeFen;
  return {
    code: '00',
    feeFen,
    netFen: -amountFen,
    originalId: original.id,
    legs: mirrored(purchaseLegs(merchantNo, amountFen, feeFen)),
    marks: [mark(original, { refundedFen, refundedFeeFen })],
  };
}

/** 冲正: undoes exactly what its original did, once; of one that never came it is a tombstone. */
function reverse({ known, parent, quotaFen }: Scene, { merchantNo, batchNo }: Message, openBatch: number): Verdict {
  const settled = batchNo < openBatch;
  if (!known) return { code: '25', kept: true, ...(settled && { exception: 'unknown' as const }) };
  const { type, amountFen, feeFen } = known;
  const done: Verdict = { code: '00', kept: true, originalId: known.id, feeFen };
  if (known.state === 'declined') return { ...done, feeFen: 0 };
  if (settled) return { code: '12', kept: true, originalId: known.id, exception: 'settled' };
  if (known.state !== 'approved' || known.refundedFen > 0) return { code: '12', kept: true, originalId: known.id };
  const spent = purchaseLegs(merchantNo, amountFen, feeFen);
  const reversed = mark(known, { state: 'reversed' });
  if (type === 'purchase')
    return { ...done, netFen: -amountFen, legs: mirrored(spent), marks: [reversed], counts: { fen: amountFen, times: -1, madeOn: known.businessDate } };
  if (quotaFen < amountFen + feeFen) return { code: '51', kept: true, originalId: known.id, exception: 'quota' };
  if (!parent) throw new Error(`${known.id} without the purchase that it belongs to`);
  if (type === 'void')
    return {
      ...done,
      netFen: amountFen,
      legs: spent,
      marks: [reversed, mark(parent, { state: 'approved' })],
      counts: { fen: amountFen, times: 1, madeOn: parent.businessDate },
    };
  const back = { refundedFen: parent.refundedFen - amountFen, refundedFeeFen: parent.refundedFeeFen - feeFen };
  return { ...done, netFen: amountFen, legs: spent, marks: [reversed, mark(parent, back)] };
}

type Mark = Pick<Txn, 'id' | 'state' | 'refundedFen' | 'refundedFeeFen'>;
const mark = ({ id, state, refundedFen, refundedFeeFen }: Txn, changes: Partial<Mark>): Mark => ({ id, state, refundedFen, refundedFeeFen, ...changes });
