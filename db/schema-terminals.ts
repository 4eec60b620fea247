// Tables of terminals: one row that is current, one row per version with the request that made it.
import { sql } from 'drizzle-orm';
import { bigint, boolean, char, index, integer, jsonb, pgTable, primaryKey, text, timestamp, unique, uniqueIndex } from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const terminal = pgTable(
  'terminal',
  {
    terminalNo: char('terminal_no', { length: 8 }).primaryKey(),
    merchantNo: char('merchant_no', { length: 15 }).notNull(),
    status: text('status', { enum: ['pending', 'active', 'frozen', 'cancelled', 'rejected'] }).notNull(),
    version: integer('version').notNull(),
    model: text('model').notNull(),
    serialNo: text('serial_no').notNull(),
    installAddress: text('install_address').notNull(),
    phone: text('phone').notNull(),
    /** purchase void refund balance */
    permitted: text('permitted').array().notNull(),
    /** AES-256-GCM under TERMINAL_KEY_SECRET; pages show the check value only. */
    keyCipher: text('key_cipher').notNull(),
    keyCheck: text('key_check').notNull(),
    keyShownAt: at('key_shown_at'),
    /** Fen; null where the parameters say. */
    singleLimitFen: bigint('single_limit_fen', { mode: 'number' }),
    dailyLimitFen: bigint('daily_limit_fen', { mode: 'number' }),
    businessHours: text('business_hours').notNull().default(''),
    openedBy: text('opened_by').notNull(),
    /** The open cancellation that turned it off. */
    frozenBy: text('frozen_by'),
    /** The form of the version that stands. */
    form: jsonb('form').$type<Record<string, string>>().notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    index('terminal_merchant').on(t.merchantNo),
    uniqueIndex('terminal_serial_live').on(t.serialNo).where(sql`${t.status} in ('pending', 'active', 'frozen')`),
  ],
);
export const terminalVersion = pgTable(
  'terminal_version',
  {
    terminalNo: char('terminal_no', { length: 8 })
      .notNull()
      .references(() => terminal.terminalNo),
    version: integer('version').notNull(),
    form: jsonb('form').$type<Record<string, string>>().notNull(),
    requestNo: text('request_no').notNull(),
    effectiveAt: at('effective_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.terminalNo, t.version] })],
);
/** Numbers that were given or typed, for ever. */
export const terminalNumber = pgTable('terminal_number', {
  terminalNo: char('terminal_no', { length: 8 }).primaryKey(),
  requestNo: text('request_no').notNull(),
  /** Given by the counter, not typed. */
  drawn: boolean('drawn').notNull().default(false),
});
export const terminalModel = pgTable('terminal_model', { code: text('code').primaryKey(), name: text('name').notNull() });
/** 一个记录同时只有一个在办申请: the open request of a merchant or terminal. */
export const openRequest = pgTable(
  'open_request',
  {
    /** `merchant:898…` or `terminal:10000001`. */
    record: text('record').primaryKey(),
    requestNo: text('request_no').notNull(),
    kind: text('kind').notNull(),
  },
  (t) => [index('open_request_no').on(t.requestNo), unique('open_request_once').on(t.record, t.requestNo)],
);
