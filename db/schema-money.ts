// Tables of money: the double-entry ledger (written only by the functions of ledger.sql), bank statements and what is owed.
import { sql } from 'drizzle-orm';
import { bigint, char, check, index, integer, jsonb, pgTable, primaryKey, smallint, text, timestamp, unique, uniqueIndex } from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const fen = (name: string) => bigint(name, { mode: 'number' });

// ── ledger ──
// Only the functions of ledger.sql write these, so lines carry no foreign keys; `npm run ledger:check` looks for what does not belong together.
/** An account of rules.md §9; `owner` is a merchant or bank account number, or empty. A balance is kept, and never negative, for merchants only. */
export const ledgerAccount = pgTable(
  'ledger_account',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    code: text('code').notNull(),
    owner: text('owner').notNull(),
    balanceFen: fen('balance_fen'),
    /** How many lines a kept account has: each of them carries its own number, so that none can be missing. */
    lines: integer('lines').notNull().default(0),
    /** Of a merchant's available quota: another one with every batch of its terminals' messages and every change of what they are held to; never the same again. */
    revision: bigint('revision', { mode: 'number' }).notNull().default(0),
    openedBy: text('opened_by').notNull(),
    openedAt: at('opened_at').notNull(),
    closedAt: at('closed_at'),
  },
  (t) => [unique('ledger_account_once').on(t.code, t.owner), check('balance_never_negative', sql`${t.balanceFen} >= 0`)],
);
export const journalEntry = pgTable(
  'journal_entry',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Derived from the request or transaction; the same command posts once. */
    commandNo: text('command_no').notNull().unique(),
    /** Digest of what was posted: the same command with other content is refused. */
    content: char('content', { length: 32 }).notNull(),
    event: text('event').notNull(),
    /** Number of the request, statement or transaction that made it. */
    cause: text('cause').notNull(),
    businessDate: char('business_date', { length: 8 }).notNull(),
    /** Command number of the entry that this one mirrors. */
    reverses: text('reverses'),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [
    index('journal_entry_cause').on(t.cause).where(sql`${t.cause} <> ${t.commandNo}`),
    uniqueIndex('journal_entry_reverses').on(t.reverses).where(sql`${t.reverses} is not null`),
    index('journal_entry_date').using('brin', t.businessDate),
  ],
);
export const journalLine = pgTable(
  'journal_line',
  {
    entryId: bigint('entry_id', { mode: 'number' }).notNull(),
    n: smallint('n').notNull(),
    accountId: integer('account_id').notNull(),
    debitFen: fen('debit_fen').notNull(),
    creditFen: fen('credit_fen').notNull(),
    /** Number of the line within its account, where the balance is kept. */
    nth: integer('nth'),
    beforeFen: fen('before_fen'),
    afterFen: fen('after_fen'),
  },
  (t) => [
    primaryKey({ columns: [t.entryId, t.n] }),
    index('journal_line_account').on(t.accountId, t.entryId).where(sql`${t.nth} is not null`),
    check('one_side', sql`(${t.debitFen} > 0 and ${t.creditFen} = 0) or (${t.debitFen} = 0 and ${t.creditFen} > 0)`),
  ],
);
/** 会计日期: a closed day refuses postings. */
export const ledgerDay = pgTable('ledger_day', { businessDate: char('business_date', { length: 8 }).primaryKey(), closedAt: at('closed_at').notNull() });

/** 日结 of a closed day, and what did not hold. */
export const dayEnd = pgTable('day_end', {
  businessDate: char('business_date', { length: 8 }).primaryKey(),
  settledAt: at('settled_at').notNull(),
  entries: integer('entries').notNull(),
  debitFen: fen('debit_fen').notNull(),
  creditFen: fen('credit_fen').notNull(),
  faults: text('faults').array().notNull(),
});
/** Accounts that moved on a closed day; closing = opening + credits − debits. */
export const dailyBalance = pgTable(
  'daily_balance',
  {
    businessDate: char('business_date', { length: 8 }).notNull(),
    accountId: integer('account_id').notNull(),
    openingFen: fen('opening_fen').notNull(),
    debitFen: fen('debit_fen').notNull(),
    creditFen: fen('credit_fen').notNull(),
    closingFen: fen('closing_fen').notNull(),
  },
  (t) => [primaryKey({ columns: [t.businessDate, t.accountId] }), index('daily_balance_account').on(t.accountId, t.businessDate)],
);

// ── bank ──
export const bankAccount = pgTable('bank_account', {
  accountNo: text('account_no').primaryKey(),
  name: text('name').notNull(),
  /** As the last line of the last statement says. */
  balanceFen: fen('balance_fen').notNull(),
  updatedAt: at('updated_at').notNull(),
});
export const bankStatement = pgTable(
  'bank_statement',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    sha256: char('sha256', { length: 64 }).notNull(),
    fileName: text('file_name').notNull(),
    accountNo: text('account_no').notNull(),
    layout: text('layout').notNull(),
    lines: integer('lines').notNull(),
    fresh: integer('fresh').notNull(),
    openingFen: fen('opening_fen').notNull(),
    closingFen: fen('closing_fen').notNull(),
    /** First and last day among its new lines; null where it brought none, or is of before they were kept. */
    firstOn: char('first_on', { length: 8 }),
    lastOn: char('last_on', { length: 8 }),
    importedBy: text('imported_by').notNull(),
    at: at('at').notNull(),
  },
  (t) => [unique('bank_statement_once').on(t.sha256, t.accountNo), index('bank_statement_account').on(t.accountNo, t.at)],
);
export const bankLine = pgTable(
  'bank_line',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    statementId: bigint('statement_id', { mode: 'number' }).notNull(),
    accountNo: text('account_no').notNull(),
    /** Bank's own number, else a digest of date, time, amount, balance and counterparty. */
    lineKey: text('line_key').notNull(),
    direction: text('direction', { enum: ['in', 'out'] }).notNull(),
    /** `yyyymmdd` and `hh:mm:ss` as the bank says. */
    bookedOn: char('booked_on', { length: 8 }).notNull(),
    bookedAt: text('booked_at').notNull(),
    amountFen: fen('amount_fen').notNull(),
    balanceFen: fen('balance_fen'),
    partyName: text('party_name').notNull(),
    partyAccountNo: text('party_account_no').notNull(),
    partyBank: text('party_bank').notNull(),
    note: text('note').notNull(),
    serialNo: text('serial_no').notNull(),
  },
  (t) => [
    unique('bank_line_once').on(t.accountNo, t.lineKey),
    index('bank_line_amount').on(t.amountFen, t.direction, t.bookedOn),
    index('bank_line_statement').using('brin', t.statementId),
  ],
);
/** A line serves one request, ever: reserved at the first level, used when the request is effective. */
export const bankLineUse = pgTable(
  'bank_line_use',
  {
    lineId: bigint('line_id', { mode: 'number' }).primaryKey(),
    requestNo: text('request_no').notNull().unique(),
    state: text('state', { enum: ['reserved', 'used'] }).notNull(),
    at: at('at').notNull(),
  },
  () => [],
);
/** A layout that finance mapped on a preview: which header words stand for which column. */
export const bankLayout = pgTable('bank_layout', {
  name: text('name').primaryKey(),
  columns: jsonb('columns').$type<Record<string, string>>().notNull(),
  madeBy: text('made_by').notNull(),
  at: at('at').notNull(),
});
/** What is owed to a merchant or a payer until the bank has paid it. */
export const payable = pgTable(
  'payable',
  {
    requestNo: text('request_no').primaryKey(),
    partyName: text('party_name').notNull(),
    partyAccountNo: text('party_account_no').notNull(),
    amountFen: fen('amount_fen').notNull(),
    owedAt: at('owed_at').notNull(),
    paidAt: at('paid_at'),
    lineId: bigint('line_id', { mode: 'number' }).unique(),
  },
  (t) => [index('payable_open').on(t.amountFen, t.partyAccountNo).where(sql`${t.paidAt} is null`)],
);
