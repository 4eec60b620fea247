// 终端: registered as pending, active when approved; a number is never used again.
import { and, asc, desc, eq, gt, inArray, or, type SQL, sql } from 'drizzle-orm';
import { readFen } from '../workflows/rules/money.ts';
import type { TerminalForm } from '../workflows/rules/terminal-form.ts';
import type { Reader, Tx } from './connect.ts';
import { containing } from './like.ts';
import { terminal, terminalModel, terminalNumber, terminalVersion } from './schema.ts';

export type TerminalRow = typeof terminal.$inferSelect;
const live = ['pending', 'active', 'frozen'] as const;

export interface NewTerminal {
  terminalNo: string;
  serialNo: string;
  keyCipher: string;
  keyCheck: string;
}

/** A number for ever: the typed one, or the next free one; null when the typed one was given before. */
export async function takeNumber(tx: Tx, typed: string, requestNo: string): Promise<string | null> {
  if (typed !== '') {
    const mine = eq(terminalNumber.requestNo, requestNo);
    const rows = await tx
      .insert(terminalNumber)
      .values({ terminalNo: typed, requestNo })
      .onConflictDoUpdate({ target: terminalNumber.terminalNo, set: { requestNo }, setWhere: mine })
      .returning({ no: terminalNumber.terminalNo });
    return rows[0]?.no ?? null;
  }
  // One drawer at a time: the next number is the largest of those drawn before and one more, or the first free one after it.
  await tx.execute(sql`select pg_advisory_xact_lock(20131104, 1)`);
  const [row] = await tx.execute<{ no: string }>(
    sql`insert into terminal_number (terminal_no, request_no, drawn) select lpad(min(n)::text, 8, '0'), ${requestNo}, true
      from (select coalesce(max(terminal_no::int), 9999999) as last from terminal_number where drawn) d, generate_series(d.last + 1, d.last + 5000) n
      where n < 100000000 and not exists (select 1 from terminal_number t where t.terminal_no = lpad(n::text, 8, '0')) having min(n) is not null returning terminal_no as no`,
  );
  return row?.no ?? null;
}

/** Writes the terminals of a registration as pending; false when a serial number is another live terminal's. */
export async function register(tx: Tx, merchantNo: string, form: TerminalForm, list: readonly NewTerminal[], requestNo: string, at: Date): Promise<boolean> {
  const values = list.map((one) => ({
    ...one,
    ...columns(form),
    merchantNo,
    status: 'pending' as const,
    version: 0,
    openedBy: requestNo,
    form: { ...form, serialNo: one.serialNo, terminalNo: one.terminalNo },
    updatedAt: at,
  }));
  const rows = await tx.insert(terminal).values(values).onConflictDoNothing().returning({ no: terminal.terminalNo });
  return rows.length === list.length;
}

function columns(form: TerminalForm) {
  const { model, installAddress, phone, permitted, singleLimit, dailyLimit, businessHours } = form;
  const limits = { singleLimitFen: readFen(singleLimit), dailyLimitFen: readFen(dailyLimit) };
  return { model, installAddress, phone, permitted: permitted.split(' ').filter(Boolean), ...limits, businessHours };
}

/** What a registration wrote before it was amended, gone again; its numbers stay taken. */
export async function unregister(tx: Tx, requestNo: string): Promise<void> {
  await tx.delete(terminal).where(and(eq(terminal.openedBy, requestNo), eq(terminal.status, 'pending')));
}

/** Approved: may do online business, with version 1. False when there is nothing pending of this request. */
export async function activateTerminals(tx: Tx, requestNo: string, at: Date): Promise<boolean> {
  const pending = and(eq(terminal.openedBy, requestNo), eq(terminal.status, 'pending'));
  const rows = await tx.update(terminal).set({ status: 'active', version: 1, updatedAt: at }).where(pending).returning();
  if (rows.length === 0) return false;
  await tx.insert(terminalVersion).values(rows.map((row) => ({ terminalNo: row.terminalNo, version: 1, form: row.form, requestNo, effectiveAt: at })));
  return true;
}

export async function rejectTerminals(tx: Tx, requestNo: string): Promise<void> {
  await tx
    .update(terminal)
    .set({ status: 'rejected', updatedAt: new Date() })
    .where(and(eq(terminal.openedBy, requestNo), eq(terminal.status, 'pending')));
}

/** 变更: a new version on top of the one the maker saw; false when another came between. */
export async function changeTerminal(tx: Tx, terminalNo: string, form: TerminalForm, base: number, requestNo: string, at: Date): Promise<boolean> {
  const standing = and(eq(terminal.terminalNo, terminalNo), eq(terminal.version, base), inArray(terminal.status, ['active', 'frozen']));
  const rows = await tx
    .update(terminal)
    .set({ ...columns(form), form, version: base + 1, updatedAt: at })
    .where(standing)
    .returning({ no: terminal.terminalNo });
  if (rows.length === 0) return false;
  await tx.insert(terminalVersion).values({ terminalNo, version: base + 1, form, requestNo, effectiveAt: at });
  return true;
}

/** 注销 submitted: off at once. False when one of them is not usable. */
export async function turnOff(tx: Tx, terminalNos: readonly string[], merchantNo: string, requestNo: string): Promise<boolean> {
  const usable = and(inArray(terminal.terminalNo, [...terminalNos]), eq(terminal.merchantNo, merchantNo), eq(terminal.status, 'active'));
  const rows = await tx
    .update(terminal)
    .set({ status: 'frozen', frozenBy: requestNo, updatedAt: new Date() })
    .where(usable)
    .returning({ no: terminal.terminalNo });
  return rows.length === terminalNos.length;
}

/** The cancellation came to nothing: usable again. */
export async function turnOn(tx: Tx, requestNo: string): Promise<void> {
  await tx
    .update(terminal)
    .set({ status: 'active', frozenBy: null, updatedAt: new Date() })
    .where(and(eq(terminal.frozenBy, requestNo), eq(terminal.status, 'frozen')));
}

/** Cancelled for good: those that this request turned off, or all live ones of a merchant. */
export async function cancelTerminals(tx: Tx, which: { by: string } | { merchantNo: string }, at: Date): Promise<number> {
  const of = 'by' in which ? eq(terminal.frozenBy, which.by) : eq(terminal.merchantNo, which.merchantNo);
  const rows = await tx
    .update(terminal)
    .set({ status: 'cancelled', frozenBy: null, updatedAt: at })
    .where(and(of, inArray(terminal.status, [...live])))
    .returning({ no: terminal.terminalNo });
  return rows.length;
}

/** The key was shown to whoever installs it: once. False when it was shown before, or is not active. */
export async function keyShown(tx: Tx, terminalNo: string, at: Date): Promise<boolean> {
  const unseen = and(eq(terminal.terminalNo, terminalNo), eq(terminal.status, 'active'), sql`${terminal.keyShownAt} is null`);
  const rows = await tx.update(terminal).set({ keyShownAt: at }).where(unseen).returning({ no: terminal.terminalNo });
  return rows.length === 1;
}

export async function findTerminal(db: Reader, terminalNo: string): Promise<TerminalRow | null> {
  const [row] = await db.select().from(terminal).where(eq(terminal.terminalNo, terminalNo));
  return row ?? null;
}

export const terminalVersions = (db: Reader, terminalNo: string) =>
  db.select().from(terminalVersion).where(eq(terminalVersion.terminalNo, terminalNo)).orderBy(desc(terminalVersion.version));

export const terminalModels = (db: Reader) => db.select().from(terminalModel).orderBy(asc(terminalModel.code));

export interface TerminalFilter {
  q?: string;
  status?: string;
  merchantNo?: string;
  openedBy?: string;
  after?: string;
}

export async function terminals(db: Reader, filter: TerminalFilter, limit: number): Promise<TerminalRow[]> {
  const where: (SQL | undefined)[] = [];
  if (filter.q) {
    const part = containing(filter.q);
    where.push(or(sql`${terminal.terminalNo} like ${part}`, sql`${terminal.serialNo} ilike ${part}`, sql`${terminal.merchantNo} like ${part}`));
  }
  if (filter.status) where.push(sql`${terminal.status} = ${filter.status}`);
  if (filter.merchantNo) where.push(eq(terminal.merchantNo, filter.merchantNo));
  if (filter.openedBy) where.push(eq(terminal.openedBy, filter.openedBy));
  if (filter.after) where.push(gt(terminal.terminalNo, filter.after));
  return db
    .select()
    .from(terminal)
    .where(and(...where))
    .orderBy(asc(terminal.terminalNo))
    .limit(limit);
}

/** A live terminal that has one of these serial numbers, other than those of this request or this terminal. */
export async function serialHolder(db: Reader, serialNos: readonly string[], except: string): Promise<TerminalRow | null> {
  if (serialNos.length === 0) return null;
  const rows = await db
    .select()
    .from(terminal)
    .where(and(inArray(terminal.serialNo, [...serialNos]), inArray(terminal.status, [...live])));
  return rows.find((row) => row.openedBy !== except && row.terminalNo !== except) ?? null;
}

/** Seeds the list of models. */
export async function seedModels(tx: Tx, rows: (typeof terminalModel.$inferInsert)[]): Promise<void> {
  await tx.insert(terminalModel).values(rows).onConflictDoNothing();
}

export async function putModel(tx: Tx, row: typeof terminalModel.$inferInsert): Promise<void> {
  await tx.insert(terminalModel).values(row).onConflictDoUpdate({ target: terminalModel.code, set: row });
}

/** False when a terminal is, or was, of this model. */
export async function removeModel(tx: Tx, code: string): Promise<boolean> {
  const [row] = await tx.select({ no: terminal.terminalNo }).from(terminal).where(eq(terminal.model, code)).limit(1);
  if (!row) await tx.delete(terminalModel).where(eq(terminalModel.code, code));
  return !row;
}
