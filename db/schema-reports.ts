// Tables of the reports: what a closed day came to for each merchant, and exports that take a while.
import { bigint, char, index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';
import type { ExportState, Scope } from '../workflows/rules/reports.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const fen = (name: string) => bigint(name, { mode: 'number' }).notNull();

/** A merchant's closed day (fen; quota is available and frozen together): opening + topUp − net − fee − refunded + adjusted = closing. Written once, by keep_totals. */
export const dailyTotal = pgTable(
  'daily_total',
  {
    businessDate: char('business_date', { length: 8 }).notNull(),
    merchantNo: text('merchant_no').notNull(),
    purchaseCount: integer('purchase_count').notNull(),
    purchaseFen: fen('purchase_fen'),
    voidCount: integer('void_count').notNull(),
    voidFen: fen('void_fen'),
    reversalCount: integer('reversal_count').notNull(),
    reversalFen: fen('reversal_fen'),
    refundCount: integer('refund_count').notNull(),
    refundFen: fen('refund_fen'),
    feeFen: fen('fee_fen'),
    declinedCount: integer('declined_count').notNull(),
    topUpFen: fen('top_up_fen'),
    quotaRefundFen: fen('quota_refund_fen'),
    adjustmentFen: fen('adjustment_fen'),
    openingFen: fen('opening_fen'),
    closingFen: fen('closing_fen'),
  },
  (t) => [primaryKey({ columns: [t.businessDate, t.merchantNo] }), index('daily_total_merchant').on(t.merchantNo, t.businessDate)],
);
/** Days whose totals are kept, with the system numbers of their first and last transaction. */
export const reportDay = pgTable('report_day', {
  businessDate: char('business_date', { length: 8 }).primaryKey(),
  firstTxn: bigint('first_txn', { mode: 'number' }),
  lastTxn: bigint('last_txn', { mode: 'number' }),
  keptAt: at('kept_at').notNull(),
});
/** 导出任务: what somebody asked for, how far it is, and the file that came of it. */
export const reportExport = pgTable(
  'report_export',
  {
    exportNo: text('export_no').primaryKey(),
    report: text('report').notNull(),
    scope: jsonb('scope').$type<Scope>().notNull(),
    ownerCode: text('owner_code').notNull(),
    fileName: text('file_name').notNull(),
    state: text('state').$type<ExportState>().notNull(),
    rows: integer('rows').notNull(),
    written: integer('written').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    askedAt: at('asked_at').notNull(),
    finishedAt: at('finished_at'),
  },
  (t) => [index('report_export_owner').on(t.ownerCode, t.askedAt)],
);
