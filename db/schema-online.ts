// Tables of 联机业务 (numbers as text, so that they compare as they come): sessions and batches of terminals, their transactions, what was counted towards limits, and the log of other messages.
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, timestamp, unique } from 'drizzle-orm/pg-core';
import type { Alert, AlertRule } from '../workflows/rules/alerts.ts';
import type { BatchDifference, BatchTotals } from '../workflows/rules/batches.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const fen = (name: string) => bigint(name, { mode: 'number' });
const terminalNo = () => text('terminal_no').notNull();
const merchantNo = () => text('merchant_no').notNull();

/** 签到: the working key (sealed like the master key), the one before it for a while, and the batch that is open. */
export const terminalSession = pgTable('terminal_session', {
  terminalNo: text('terminal_no').primaryKey(),
  merchantNo: merchantNo(),
  keyNo: integer('key_no').notNull(),
  keyCipher: text('key_cipher').notNull(),
  previousCipher: text('previous_cipher'),
  signedOnAt: at('signed_on_at').notNull(),
  /** Nonce of the latest sign-on, with its time, and what it was answered. */
  signedOnBy: text('signed_on_by').notNull().default(''),
  answer: text('answer').notNull().default(''),
  batchNo: integer('batch_no').notNull(),
});
export const terminalBatch = pgTable(
  'terminal_batch',
  {
    terminalNo: terminalNo(),
    batchNo: integer('batch_no').notNull(),
    merchantNo: merchantNo(),
    state: text('state', { enum: ['open', 'uploading', 'settled'] }).notNull(),
    openedAt: at('opened_at').notNull(),
    settledAt: at('settled_at'),
    /** Trace number of the settlement, and what it was answered. */
    traceNo: integer('trace_no'),
    answer: text('answer'),
    /** Digest of what it asked for. */
    content: text('content'),
    claimed: jsonb('claimed').$type<BatchTotals>(),
    counted: jsonb('counted').$type<BatchTotals>(),
    differences: jsonb('differences').$type<BatchDifference[]>(),
  },
  (t) => [primaryKey({ columns: [t.terminalNo, t.batchNo] }), index('terminal_batch_open').on(t.merchantNo).where(sql`${t.state} <> 'settled'`)],
);
/** One row for each message that was decided under its key; a 冲正 has the key of its original. */
export const terminalTxn = pgTable(
  'terminal_txn',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
    terminalNo: terminalNo(),
    batchNo: integer('batch_no').notNull(),
    traceNo: integer('trace_no').notNull(),
    reversal: boolean('reversal').notNull(),
    merchantNo: merchantNo(),
    type: text('type', { enum: ['purchase', 'void', 'refund', 'reversal'] }).notNull(),
    code: text('code').notNull(),
    state: text('state', { enum: ['approved', 'declined', 'voided', 'reversed'] }).notNull(),
    amountFen: fen('amount_fen').notNull(),
    /** What it adds to consumption, without fee; less than 0 where something is given back. */
    netFen: fen('net_fen').notNull(),
    feeFen: fen('fee_fen').notNull(),
    refundedFen: fen('refunded_fen').notNull().default(0),
    refundedFeeFen: fen('refunded_fee_fen').notNull().default(0),
    originalId: bigint('original_id', { mode: 'number' }),
    reason: text('reason').notNull(),
    cardMask: text('card_mask').notNull(),
    /** HMAC of the card number under a key of its own. */
    cardHash: text('card_hash').notNull(),
    businessDate: text('business_date').notNull(),
    at: at('at').notNull(),
    /** Available quota afterwards. */
    balanceFen: fen('balance_fen'),
    content: text('content').notNull(),
    answer: text('answer').notNull(),
  },
  (t) => [
    unique('terminal_txn_once').on(t.terminalNo, t.batchNo, t.traceNo, t.reversal),
    index('terminal_txn_merchant').on(t.merchantNo, t.id),
    index('terminal_txn_original').on(t.originalId).where(sql`${t.originalId} is not null`),
    index('terminal_txn_reversals').on(t.businessDate).where(sql`${t.type} = 'reversal'`),
    index('terminal_txn_date').using('brin', t.businessDate),
  ],
);
/** Approved purchases of the day and month, by `M` and merchant number or `T` and terminal number; `seenAt` is the last message. */
export const turnover = pgTable('turnover', {
  owner: text('owner').primaryKey(),
  day: text('day').notNull(),
  dayCount: integer('day_count').notNull(),
  dayFen: fen('day_fen').notNull(),
  month: text('month').notNull(),
  monthCount: integer('month_count').notNull(),
  monthFen: fen('month_fen').notNull(),
  seenAt: at('seen_at').notNull(),
});
/** A nonce counts as used for as long as its message's time is accepted. */
export const terminalNonce = pgTable(
  'terminal_nonce',
  { atMs: bigint('at_ms', { mode: 'number' }).notNull(), terminalNo: terminalNo(), nonce: text('nonce').notNull() },
  (t) => [primaryKey({ columns: [t.atMs, t.terminalNo, t.nonce] })],
);
/** What was answered without a transaction of its own: repetitions, refusals at the door, balances, sign-ons, settlements. Only of messages from known terminals. */
export const terminalMessage = pgTable(
  'terminal_message',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    terminalNo: terminalNo(),
    batchNo: integer('batch_no').notNull(),
    traceNo: integer('trace_no').notNull(),
    type: text('type').notNull(),
    code: text('code').notNull(),
    at: at('at').notNull(),
    /** Repetition of a transaction that was answered before. */
    repeats: boolean('repeats').notNull(),
  },
  (t) => [index('terminal_message_key').on(t.terminalNo, t.batchNo, t.traceNo), index('terminal_message_at').using('brin', t.at)],
);
/** What a person has to reconcile: a 冲正 that came after settlement, one that the quota does not cover, an upload that tells something else. */
export const terminalException = pgTable('terminal_exception', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  terminalNo: terminalNo(),
  batchNo: integer('batch_no').notNull(),
  traceNo: integer('trace_no').notNull(),
  why: text('why').notNull(),
  amountFen: fen('amount_fen').notNull(),
  at: at('at').notNull(),
});
/** 风险预警: one for each rule, subject and day; `whole` is what its workflow says. */
export const riskAlert = pgTable(
  'risk_alert',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    rule: text('rule').$type<AlertRule>().notNull(),
    merchantNo: merchantNo(),
    terminalNo: text('terminal_no').notNull(),
    day: text('day').notNull(),
    detail: jsonb('detail').$type<Record<string, string | number>>().notNull(),
    state: text('state', { enum: ['open', 'handling', 'closed'] }).notNull(),
    ownerCode: text('owner_code'),
    raisedAt: at('raised_at').notNull(),
    dueAt: at('due_at').notNull(),
    overdue: boolean('overdue').notNull().default(false),
    version: integer('version').notNull(),
    /** Its workflow exists. */
    started: boolean('started').notNull(),
    whole: jsonb('whole').$type<Alert>(),
  },
  (t) => [
    unique('risk_alert_once').on(t.rule, t.merchantNo, t.terminalNo, t.day),
    index('risk_alert_unstarted').on(t.id).where(sql`not ${t.started}`),
    index('risk_alert_merchant').on(t.merchantNo),
  ],
);
/** How far the watch has looked. */
export const riskWatch = pgTable('risk_watch', {
  one: integer('one').primaryKey(),
  lastId: bigint('last_id', { mode: 'number' }).notNull(),
  lookedAt: at('looked_at'),
});
