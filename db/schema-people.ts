// Tables of people: who they are and may do, how they sign in, and how they keep their desk.
import { sql } from 'drizzle-orm';
import { bigint, boolean, char, index, integer, pgTable, primaryKey, text, timestamp, unique, uniqueIndex } from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

// ── people ──
export const appUser = pgTable(
  'app_user',
  {
    code: char('code', { length: 8 }).primaryKey(),
    name: text('name').notNull(),
    passwordHash: text('password_hash').notNull(),
    mustChangePassword: boolean('must_change_password').notNull(),
    status: text('status', { enum: ['active', 'disabled'] }).notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    passwordChangedAt: at('password_changed_at').notNull().defaultNow(),
  },
  (t) => [uniqueIndex('app_user_code_case').on(sql`lower(${t.code})`)],
);
export const userGroup = pgTable('user_group', {
  code: char('code', { length: 2 }).primaryKey(),
  nameZh: text('name_zh').notNull(),
  nameEn: text('name_en').notNull(),
  status: text('status', { enum: ['active', 'disabled'] }).notNull(),
});
export const groupMember = pgTable(
  'group_member',
  {
    userCode: char('user_code', { length: 8 })
      .notNull()
      .references(() => appUser.code),
    groupCode: char('group_code', { length: 2 })
      .notNull()
      .references(() => userGroup.code),
  },
  (t) => [primaryKey({ columns: [t.userCode, t.groupCode] }), index('group_member_group').on(t.groupCode)],
);
export const module = pgTable('module', {
  code: text('code').primaryKey(),
  nameZh: text('name_zh').notNull(),
  nameEn: text('name_en').notNull(),
  sort: integer('sort').notNull(),
  parentCode: text('parent_code'),
  /** The functions of a disabled module are in no menu and open no door. */
  status: text('status', { enum: ['active', 'disabled'] })
    .notNull()
    .default('active'),
});
export const moduleFunction = pgTable('module_function', {
  code: text('code').primaryKey(),
  moduleCode: text('module_code')
    .notNull()
    .references(() => module.code),
  nameZh: text('name_zh').notNull(),
  nameEn: text('name_en').notNull(),
  sort: integer('sort').notNull(),
});
export const groupRight = pgTable(
  'group_right',
  {
    groupCode: char('group_code', { length: 2 })
      .notNull()
      .references(() => userGroup.code),
    functionCode: text('function_code')
      .notNull()
      .references(() => moduleFunction.code),
  },
  (t) => [primaryKey({ columns: [t.groupCode, t.functionCode] })],
);

// ── sign-in ──
export const session = pgTable('session', {
  idHash: char('id_hash', { length: 64 }).primaryKey(),
  userCode: char('user_code', { length: 8 })
    .notNull()
    .references(() => appUser.code),
  createdAt: at('created_at').notNull(),
  activeAt: at('active_at').notNull(),
  endedAt: at('ended_at'),
  address: text('address').notNull(),
  /** Browser, as it names itself. */
  agent: text('agent').notNull().default(''),
});
/** The last passwords, so that none of them comes back. */
export const passwordHistory = pgTable(
  'password_history',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    userCode: char('user_code', { length: 8 })
      .notNull()
      .references(() => appUser.code, { onDelete: 'cascade' }),
    passwordHash: text('password_hash').notNull(),
    at: at('at').notNull(),
  },
  (t) => [index('password_history_user').on(t.userCode, t.id)],
);
/** 动态口令: the shared secret, encrypted; in force once a code has confirmed it. */
export const totp = pgTable('totp', {
  userCode: char('user_code', { length: 8 })
    .primaryKey()
    .references(() => appUser.code, { onDelete: 'cascade' }),
  secretCipher: text('secret_cipher').notNull(),
  confirmedAt: at('confirmed_at'),
  /** Time step of the last code that was taken: each serves once. */
  lastStep: bigint('last_step', { mode: 'number' }).notNull().default(0),
});
export const recoveryCode = pgTable(
  'recovery_code',
  {
    userCode: char('user_code', { length: 8 })
      .notNull()
      .references(() => appUser.code, { onDelete: 'cascade' }),
    codeHash: char('code_hash', { length: 64 }).notNull(),
    usedAt: at('used_at'),
  },
  (t) => [primaryKey({ columns: [t.userCode, t.codeHash] })],
);
/** Calls per key and window, e.g. reveals of one user. */
export const rateLimit = pgTable('rate_limit', {
  key: text('key').primaryKey(),
  since: at('since').notNull(),
  count: integer('count').notNull(),
});
/** 公告 on the home page. */
export const announcement = pgTable('announcement', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  title: text('title').notNull(),
  body: text('body').notNull(),
  /** Business days, yyyymmdd, both included. */
  from: char('from_day', { length: 8 }).notNull(),
  until: char('until_day', { length: 8 }).notNull(),
  by: char('by_code', { length: 8 }).notNull(),
  at: at('at').notNull(),
});
export const captcha = pgTable('captcha', {
  id: text('id').primaryKey(),
  answer: text('answer').notNull(),
  image: text('image').notNull(),
  createdAt: at('created_at').notNull(),
});
export const signInFailure = pgTable(
  'sign_in_failure',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    userCode: text('user_code').notNull(),
    address: text('address').notNull(),
    at: at('at').notNull(),
  },
  (t) => [index('sign_in_failure_user').on(t.userCode, t.at)],
);

// ── the desk of a user ──
export const preference = pgTable('preference', {
  userCode: char('user_code', { length: 8 })
    .primaryKey()
    .references(() => appUser.code),
  keys: boolean('keys').notNull().default(true),
  /** 常用语 for reasons. */
  phrases: text('phrases').array().notNull(),
});
export const savedView = pgTable(
  'saved_view',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    userCode: char('user_code', { length: 8 })
      .notNull()
      .references(() => appUser.code),
    name: text('name').notNull(),
    /** Query string of the inbox. */
    query: text('query').notNull(),
    sort: integer('sort').notNull(),
    isDefault: boolean('is_default').notNull(),
  },
  (t) => [unique('saved_view_name').on(t.userCode, t.name), uniqueIndex('saved_view_default').on(t.userCode).where(sql`${t.isDefault}`)],
);
/** 提醒: what of a request somebody should know. */
export const notification = pgTable(
  'notification',
  {
    userCode: char('user_code', { length: 8 }).notNull(),
    requestNo: text('request_no').notNull(),
    seq: integer('seq').notNull(),
    at: at('at').notNull(),
    readAt: at('read_at'),
  },
  (t) => [primaryKey({ columns: [t.userCode, t.requestNo, t.seq] }), index('notification_unread').on(t.userCode, t.at).where(sql`${t.readAt} is null`)],
);
/** What happened that open pages should hear of; kept for an hour, so that a stream that broke can go on. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    at: at('at').notNull().defaultNow(),
    requestNo: text('request_no').notNull(),
    /** Groups whose lists it changes, and people whose own. */
    groups: text('groups').array().notNull(),
    people: text('people').array().notNull(),
  },
  (t) => [index('outbox_at').on(t.at)],
);
