// 签到 and 批结算: the working key and the batch of a terminal. Settling waits for the lock that every transaction of the merchant takes.
import { createHash } from 'node:crypto';
import { and, desc, eq, ne, sql } from 'drizzle-orm';
import type postgres from 'postgres';
import { type BatchDifference, type BatchItem, type BatchTotals, differencesOf, sameTotals, totalsOf } from '../workflows/rules/batches.ts';
import { doorRefusal, isInForce, KEY_MINUTES } from '../workflows/rules/online.ts';
import type { ResponseCode } from '../workflows/rules/response-codes.ts';
import type { Db, Reader } from './connect.ts';
import { takeNonce } from './nonces.ts';
import { logMessages, raiseExceptions } from './online-writes.ts';
import { terminal, terminalBatch, terminalSession, terminalTxn } from './schema.ts';

type Sql = postgres.TransactionSql;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** A message about the session itself; `genuine` when the right key signed it in time. */
export interface SessionMessage {
  type: 'signOn' | 'settlement' | 'batchUpload';
  merchantNo: string;
  terminalNo: string;
  batchNo: number;
  traceNo: number;
  keyNo: number | null;
  genuine: boolean;
  sentMs: number;
  nonce: string;
}

/** Keys as they are kept, sealed; null when nobody knows the terminal. */
export async function keysOf(db: Db, terminalNo: string) {
  const { keyCipher: master } = terminal;
  const [row] = await db
    .select({ master, keyNo: terminalSession.keyNo, current: terminalSession.keyCipher, previous: terminalSession.previousCipher })
    .from(terminal)
    .leftJoin(terminalSession, eq(terminalSession.terminalNo, terminal.terminalNo))
    .where(eq(terminal.terminalNo, terminalNo));
  return row ?? null;
}

/** What the door says to a message that no key signed; it is logged for a terminal that exists. */
export async function turnedAway(db: Db, message: { type: string; merchantNo: string; terminalNo: string; batchNo: number; traceNo: number }) {
  return db.$client.begin(async (tx) => {
    const scene = await doorOf(tx, message.merchantNo, message.terminalNo);
    const code = doorRefusal({ ...scene, genuine: false }, message.merchantNo) ?? 'A0';
    if (scene.terminal) await logMessages(tx, [{ ...message, code, at: Date.now(), repeats: false }]);
    return code;
  }) as Promise<ResponseCode>;
}

async function doorOf(tx: Sql, merchantNo: string, terminalNo: string) {
  const [row] = await tx<{ merchant: string | null; status: string | null; merchant_no: string; permitted: string[] }[]>`
    select (select status from merchant where merchant_no = ${merchantNo}) as merchant, t.status, t.merchant_no, t.permitted from (select 1) x left join terminal t on t.terminal_no = ${terminalNo}`;
  const terminal = row?.status ? { status: row.status, merchantNo: row.merchant_no, permitted: row.permitted, hours: '' } : null;
  return { merchant: row?.merchant ?? null, terminal };
}

/** Signs a terminal on: `freshCipher` becomes its working key, and the one before stays for a while. The same message again is answered the same. */
export async function signOn(
  db: Db,
  message: SessionMessage,
  freshCipher: string,
  render: (code: ResponseCode, given: { batchNo: number; keyNo: number }) => string,
): Promise<{ code: ResponseCode; body: string }> {
  return db.$client.begin(async (tx) => {
    const { terminalNo, merchantNo } = message;
    const sender = `${message.sentMs}/${message.nonce}`;
    await hold(tx, terminalNo);
    await tx`select pg_advisory_xact_lock(20131108, ${terminalNo}::int)`;
    const [earlier] = await tx<{ answer: string }[]>`select answer from terminal_session where terminal_no = ${terminalNo} and signed_on_by = ${sender}`;
    if (earlier) return { code: '00', body: earlier.answer };
    const code = await admitted(tx, message);
    const log = (batchNo: number) => logMessages(tx, [{ ...message, batchNo, code, at: Date.now(), repeats: false }]);
    if (code !== '00') {
      await log(0);
      return { code, body: render(code, { batchNo: 0, keyNo: 0 }) };
    }
    const [row] = await tx<{ key_no: number; batch_no: number }[]>`
      insert into terminal_session as s (terminal_no, merchant_no, key_no, key_cipher, signed_on_at, signed_on_by, batch_no) values (${terminalNo}, ${merchantNo}, 1, ${freshCipher}, now(), ${sender}, 1)
      on conflict (terminal_no) do update set merchant_no = excluded.merchant_no, key_no = s.key_no + 1, previous_cipher = s.key_cipher, key_cipher = excluded.key_cipher, signed_on_at = now(), signed_on_by = excluded.signed_on_by
      returning key_no, batch_no`;
    if (!row) throw new Error('nobody signed on');
    await openBatch(tx, message, row.batch_no);
    await log(row.batch_no);
    const body = render(code, { batchNo: row.batch_no, keyNo: row.key_no });
    await tx`update terminal_session set answer = ${body} where terminal_no = ${terminalNo}`;
    return { code, body };
  }) as Promise<{ code: ResponseCode; body: string }>;
}

const openBatch = (tx: Sql, { terminalNo, merchantNo }: SessionMessage, batchNo: number) =>
  tx`insert into terminal_batch (terminal_no, batch_no, merchant_no, state, opened_at) values (${terminalNo}, ${batchNo}, ${merchantNo}, 'open', now()) on conflict do nothing`;

/** Holds the quota of the terminal's merchant, which whoever changes a session does: first, and for no longer than others can wait. */
const hold = (tx: Sql, terminalNo: string) =>
  tx`select set_config('lock_timeout', '10s', true), set_config('idle_in_transaction_session_timeout', '10s', true),
    (select count(*) from ledger_hold(array(select merchant_no::text from terminal where terminal_no = ${terminalNo})))`;

/** Door and nonce; 00 when the message may go on. */
async function admitted(tx: Sql, message: SessionMessage): Promise<ResponseCode> {
  const scene = await doorOf(tx, message.merchantNo, message.terminalNo);
  const refused = doorRefusal({ ...scene, genuine: message.genuine }, message.merchantNo);
  if (refused) return refused;
  return (await takeNonce(tx, message)) ? '00' : 'A0';
}

export interface Settled {
  code: ResponseCode;
  /** 1 agrees, 2 the transactions have to be sent, 3 differences were put on record. */
  balanced: 1 | 2 | 3;
  counted: BatchTotals;
  nextBatchNo: number;
  differences: BatchDifference[];
}
/** 批结算 with the terminal's totals, or 批上送 with its transactions; `render` makes the answer that is kept. */
export async function settle(
  db: Db,
  message: SessionMessage,
  told: { totals: BatchTotals } | { items: BatchItem[] },
  render: (settled: Settled) => string,
): Promise<{ code: ResponseCode; body: string }> {
  return db.$client.begin(async (tx) => {
    await hold(tx, message.terminalNo);
    const [session] = await tx<SessionRow[]>`
      select s.key_no, s.batch_no, (extract(epoch from s.signed_on_at) * 1000)::float8 as signed_on, (select value from policy where key = 'terminal.keyMinutes') as minutes, b.state, b.trace_no, b.answer, b.content from terminal_session s left join terminal_batch b on b.terminal_no = s.terminal_no and b.batch_no = ${message.batchNo} where s.terminal_no = ${message.terminalNo} for update of s`;
    const inForce =
      session && isInForce(message.keyNo, { keyNo: session.key_no, signedOnMs: session.signed_on }, Date.now(), Number(session.minutes ?? KEY_MINUTES));
    const genuine = message.genuine && inForce === true;
    const asked = 'items' in told ? totalsOf(told.items) : told.totals;
    const content = digest(JSON.stringify(told));
    // The same message again, whatever it travelled with; another one under its number.
    if (genuine && session?.answer && session.trace_no === message.traceNo) {
      const same = session.content === content;
      const code = same ? '00' : '94';
      await logMessages(tx, [{ ...message, code, at: Date.now(), repeats: same }]);
      return { code, body: same ? session.answer : render({ code, balanced: 2, counted: asked, nextBatchNo: session.batch_no, differences: [] }) };
    }
    const code = await admitted(tx, { ...message, genuine });
    const done = await settleOpen(tx, { message, told, asked, content, render, code, session });
    await logMessages(tx, [{ ...message, code: done.code, at: Date.now(), repeats: false }]);
    return done;
  }) as Promise<{ code: ResponseCode; body: string }>;
}

interface SessionRow {
  key_no: number;
  /** Epoch ms. */
  signed_on: number;
  /** Parameter `terminal.keyMinutes`. */
  minutes: string | null;
  batch_no: number;
  state: string | null;
  trace_no: number | null;
  answer: string | null;
  content: string | null;
}

interface Settling {
  message: SessionMessage;
  told: { totals: BatchTotals } | { items: BatchItem[] };
  /** What the terminal says it comes to. */
  asked: BatchTotals;
  content: string;
  render(settled: Settled): string;
  /** What the door says. */
  code: ResponseCode;
  session: SessionRow | undefined;
}

async function settleOpen(tx: Sql, { message, told, asked, content, render, code, session }: Settling): Promise<{ code: ResponseCode; body: string }> {
  const none: BatchTotals = { debitCount: 0, debitFen: 0, creditCount: 0, creditFen: 0 };
  const refused = (why: ResponseCode) => ({
    code: why,
    body: render({ code: why, balanced: 2, counted: none, nextBatchNo: session?.batch_no ?? 0, differences: [] }),
  });
  if (code !== '00' || !session) return refused(code === '00' ? '77' : code);
  if (message.batchNo !== session.batch_no) return refused('77');
  const { terminalNo, batchNo, traceNo } = message;
  const ours = await itemsOf(tx, terminalNo, batchNo);
  const counted = totalsOf(ours);
  const differences = 'items' in told ? differencesOf(ours, told.items) : [];
  const balanced = 'items' in told ? (differences.length === 0 ? 1 : 3) : sameTotals(asked, counted) ? 1 : 2;
  const closes = balanced !== 2;
  const body = render({ code: '00', balanced, counted, nextBatchNo: closes ? batchNo + 1 : batchNo, differences });
  await tx`
    update terminal_batch set state = ${closes ? 'settled' : 'uploading'}, settled_at = case when ${closes} then now() end, trace_no = ${traceNo}, answer = ${body}, content = ${content},
      claimed = ${JSON.stringify(asked)}::text::jsonb, counted = ${JSON.stringify(counted)}::text::jsonb, differences = ${JSON.stringify(differences)}::text::jsonb
    where terminal_no = ${terminalNo} and batch_no = ${batchNo}`;
  if (closes) {
    await tx`update terminal_session set batch_no = ${batchNo + 1} where terminal_no = ${terminalNo}`;
    await openBatch(tx, message, batchNo + 1);
  }
  const exceptions = differences.map((one) => ({
    terminalNo,
    batchNo,
    traceNo: one.traceNo,
    why: `upload.${one.why}`,
    amountFen: one.amountFen,
    at: Date.now(),
  }));
  if (exceptions.length > 0) await raiseExceptions(tx, exceptions);
  return { code: '00', body };
}

async function itemsOf(tx: Sql, terminalNo: string, batchNo: number): Promise<BatchItem[]> {
  const rows = await tx<{ trace_no: number; type: BatchItem['type']; fen: string }[]>`
    select trace_no, type, amount_fen as fen from terminal_txn where terminal_no = ${terminalNo} and batch_no = ${batchNo} and not reversal and code = '00' and state <> 'reversed' order by trace_no`;
  return rows.map(({ trace_no, type, fen }) => ({ traceNo: trace_no, type, amountFen: Number(fen) }));
}

/** What stands in the open batch of a terminal, and the last number it used there. */
export async function openBatchOf(db: Db, terminalNo: string): Promise<{ batchNo: number; traceNo: number; items: BatchItem[] }> {
  return db.$client.begin(async (tx) => {
    const [row] = await tx<{ batch_no: number; trace_no: number }[]>`
      select s.batch_no, coalesce((select max(x.trace_no) from terminal_txn x where x.terminal_no = s.terminal_no and x.batch_no = s.batch_no), 0) as trace_no from terminal_session s where s.terminal_no = ${terminalNo}`;
    return { batchNo: row?.batch_no ?? 0, traceNo: row?.trace_no ?? 0, items: row ? await itemsOf(tx, terminalNo, row.batch_no) : [] };
  }) as Promise<{ batchNo: number; traceNo: number; items: BatchItem[] }>;
}

export type BatchRow = typeof terminalBatch.$inferSelect;
/** A terminal's batches, the latest first. */
export const batchesOf = (db: Reader, terminalNo: string, limit: number): Promise<BatchRow[]> =>
  db.select().from(terminalBatch).where(eq(terminalBatch.terminalNo, terminalNo)).orderBy(desc(terminalBatch.batchNo)).limit(limit);

/** Batches of a merchant that hold approved transactions and are not settled. */
export async function unsettledBatches(db: Reader, merchantNo: string): Promise<{ terminalNo: string; batchNo: number }[]> {
  const { terminalNo, batchNo } = terminalBatch;
  const holds = sql`exists (select 1 from ${terminalTxn} x where x.terminal_no = ${terminalNo} and x.batch_no = ${batchNo} and x.code = '00' and not x.reversal and x.state <> 'reversed')`;
  return db
    .select({ terminalNo, batchNo })
    .from(terminalBatch)
    .where(and(eq(terminalBatch.merchantNo, merchantNo), ne(terminalBatch.state, 'settled'), holds));
}
