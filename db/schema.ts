// Every table of the back office. Which file writes which table is tested (test/tidy.test.ts).
import { sql } from 'drizzle-orm';
import { bigint, boolean, char, check, index, integer, jsonb, pgTable, primaryKey, text, timestamp, unique } from 'drizzle-orm/pg-core';
import type { MerchantForm } from '../workflows/rules/merchant-form.ts';
import type { Plan, Request, RequestEvent } from '../workflows/rules/request.ts';
import { appUser } from './schema-people.ts';

export * from './schema-money.ts';
export * from './schema-online.ts';
export * from './schema-people.ts';
export * from './schema-reports.ts';
export * from './schema-terminals.ts';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

// ── requests: drafts are ours, the rest projects what Temporal knows ──
export const requestCounter = pgTable(
  'request_counter',
  { prefix: char('prefix', { length: 2 }).notNull(), businessDate: char('business_date', { length: 8 }).notNull(), last: integer('last').notNull() },
  (t) => [primaryKey({ columns: [t.prefix, t.businessDate] })],
);
export const requestDraft = pgTable(
  'request_draft',
  {
    requestNo: text('request_no').primaryKey(),
    kind: text('kind').notNull(),
    makerCode: char('maker_code', { length: 8 })
      .notNull()
      .references(() => appUser.code),
    data: jsonb('data').$type<Record<string, string>>().notNull(),
    reasons: jsonb('reasons').$type<Record<string, string>>().notNull(),
    createdAt: at('created_at').notNull(),
    savedAt: at('saved_at').notNull(),
    acceptedAt: at('accepted_at'),
    heldUntil: at('held_until'),
  },
  (t) => [index('request_draft_maker').on(t.makerCode, t.createdAt)],
);
export const request = pgTable(
  'request',
  {
    requestNo: text('request_no').primaryKey(),
    kind: text('kind').notNull(),
    state: text('state').notNull(),
    version: integer('version').notNull(),
    revision: integer('revision').notNull(),
    submissions: integer('submissions').notNull(),
    title: text('title').notNull(),
    merchantNo: text('merchant_no').notNull(),
    amountFen: bigint('amount_fen', { mode: 'number' }),
    makerCode: text('maker_code').notNull(),
    makerName: text('maker_name').notNull(),
    level: integer('level').notNull(),
    levels: integer('levels').notNull(),
    waitsFor: text('waits_for'),
    claimedBy: text('claimed_by'),
    claimedUntil: at('claimed_until'),
    involved: text('involved').array().notNull(),
    overdue: boolean('overdue').notNull(),
    submittedAt: at('submitted_at').notNull(),
    dueAt: at('due_at'),
    updatedAt: at('updated_at').notNull(),
    whole: jsonb('whole').$type<Request>().notNull(),
  },
  (t) => [
    // In the migration this index also carries involved, claimed_until and kind (INCLUDE), so that counts need not visit the rows.
    index('request_waiting').on(t.waitsFor, t.dueAt, t.requestNo).where(sql`${t.waitsFor} is not null`),
    index('request_maker').on(t.makerCode, t.submittedAt, t.requestNo),
    index('request_kind').on(t.kind, t.submittedAt, t.requestNo),
    index('request_merchant').on(t.merchantNo),
  ],
);
export const requestDecision = pgTable(
  'request_decision',
  { requestNo: text('request_no').notNull(), userCode: text('user_code').notNull(), at: at('at').notNull() },
  (t) => [primaryKey({ columns: [t.requestNo, t.userCode] }), index('request_decision_user').on(t.userCode, t.at, t.requestNo)],
);
export const requestEvent = pgTable(
  'request_event',
  { requestNo: text('request_no').notNull(), seq: integer('seq').notNull(), at: at('at').notNull(), event: jsonb('event').$type<RequestEvent>().notNull() },
  (t) => [primaryKey({ columns: [t.requestNo, t.seq] })],
);
/** One row for each step that had an effect: the proof, in the effect's own transaction, that it happened, and what it answered. */
export const requestEffect = pgTable(
  'request_effect',
  {
    requestNo: text('request_no').notNull(),
    step: text('step').notNull(),
    answer: jsonb('answer').$type<EffectAnswer>().notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.requestNo, t.step] })],
);
export interface EffectAnswer {
  plan?: Plan;
  /** Epoch ms of the effect. */
  at?: number;
}
/** What makes two requests look like the same one twice: same merchant and amount, payer account, or identifiers. Found by key, latest first. */
export const requestTwin = pgTable(
  'request_twin',
  { requestNo: text('request_no').notNull(), key: text('key').notNull(), merchantNo: text('merchant_no').notNull(), submittedAt: at('submitted_at').notNull() },
  (t) => [primaryKey({ columns: [t.requestNo, t.key] }), index('request_twin_latest').on(t.key, t.submittedAt, t.requestNo, t.merchantNo)],
);
export const requestSeen = pgTable(
  'request_seen',
  {
    requestNo: text('request_no').notNull(),
    userCode: text('user_code').notNull(),
    revision: integer('revision').notNull(),
    data: jsonb('data').$type<Record<string, string>>().notNull(),
    at: at('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.requestNo, t.userCode] })],
);
export const attachment = pgTable(
  'attachment',
  {
    id: text('id').primaryKey(),
    requestNo: text('request_no').notNull(),
    part: text('part').notNull(),
    fileName: text('file_name').notNull(),
    mime: text('mime').notNull(),
    bytes: integer('bytes').notNull(),
    sha256: char('sha256', { length: 64 }).notNull(),
    uploadedBy: text('uploaded_by').notNull(),
    at: at('at').notNull(),
  },
  (t) => [index('attachment_request').on(t.requestNo), unique('attachment_once').on(t.requestNo, t.part, t.sha256)],
);

// ── merchants ──
export const reservedNumber = pgTable('reserved_number', {
  merchantNo: char('merchant_no', { length: 15 }).primaryKey(),
  requestNo: text('request_no').notNull().unique(),
  at: at('at').notNull().defaultNow(),
});
export const merchantCounter = pgTable('merchant_counter', { prefix: char('prefix', { length: 11 }).primaryKey(), last: integer('last').notNull() });
export const merchant = pgTable(
  'merchant',
  {
    merchantNo: char('merchant_no', { length: 15 }).primaryKey(),
    status: text('status', { enum: ['pending', 'active', 'frozen', 'cancelled', 'rejected'] }).notNull(),
    version: integer('version').notNull(),
    name: text('name').notNull(),
    shortName: text('short_name').notNull(),
    /** First letters of the name in pinyin, for a search as one types. */
    initials: text('initials').notNull().default(''),
    uscc: text('uscc').notNull(),
    idCardNo: text('id_card_no').notNull(),
    settlementAccountNo: text('settlement_account_no').notNull(),
    areaCode: text('area_code').notNull(),
    mcc: text('mcc').notNull(),
    feePpm: integer('fee_ppm').notNull().default(0),
    /** Fen; null where there is none, or the parameters say. */
    feeCapFen: bigint('fee_cap_fen', { mode: 'number' }),
    singleLimitFen: bigint('single_limit_fen', { mode: 'number' }),
    dailyLimitFen: bigint('daily_limit_fen', { mode: 'number' }),
    monthlyLimitFen: bigint('monthly_limit_fen', { mode: 'number' }),
    openedBy: text('opened_by').notNull(),
    /** The open request that froze it; what it was before comes back when that request comes to nothing. */
    frozenBy: text('frozen_by'),
    updatedAt: at('updated_at').notNull(),
  },
  (t) => [
    index('merchant_uscc').on(t.uscc),
    index('merchant_id_card').on(t.idCardNo),
    index('merchant_account').on(t.settlementAccountNo),
    check('merchant_status', sql`${t.status} in ('pending','active','frozen','cancelled','rejected')`),
  ],
);
export const merchantVersion = pgTable(
  'merchant_version',
  {
    merchantNo: char('merchant_no', { length: 15 })
      .notNull()
      .references(() => merchant.merchantNo),
    version: integer('version').notNull(),
    form: jsonb('form').$type<MerchantForm>().notNull(),
    requestNo: text('request_no').notNull(),
    effectiveAt: at('effective_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.merchantNo, t.version] }), unique('merchant_version_request').on(t.requestNo)],
);
// ── public information ──
export const area = pgTable('area', { code: char('code', { length: 4 }).primaryKey(), name: text('name').notNull(), province: text('province').notNull() });
export const mcc = pgTable('mcc', { code: char('code', { length: 4 }).primaryKey(), name: text('name').notNull(), category: text('category').notNull() });
export const bank = pgTable('bank', { cnapsCode: char('cnaps_code', { length: 12 }).primaryKey(), name: text('name').notNull() });
export const policy = pgTable('policy', { key: text('key').primaryKey(), value: text('value').notNull(), note: text('note').notNull() });

/** 工作日历: exceptions to the rule of the week, `yyyymmdd`. */
export const calendarDay = pgTable('calendar_day', {
  date: char('date', { length: 8 }).primaryKey(),
  working: boolean('working').notNull(),
  note: text('note').notNull(),
});

// ── audit ──
export const auditLog = pgTable(
  'audit_log',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: at('at').notNull(),
    actorCode: text('actor_code').notNull(),
    actorName: text('actor_name').notNull(),
    action: text('action').notNull(),
    object: text('object').notNull(),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull(),
    address: text('address'),
    once: text('once').unique(),
  },
  (t) => [index('audit_object').on(t.object, t.id), index('audit_actor').on(t.actorCode, t.id)],
);
