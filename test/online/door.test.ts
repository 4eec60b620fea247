// The terminals' door: signatures, times and nonces, formats and types, and who guesses.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { overHttp, TerminalClient } from '../../stack/terminal-client.ts';
import { macOf } from '../../web/terminal/mac.ts';
import { onlineStories } from '../online.ts';

const here = onlineStories({ over: () => booksHold() });
const { openCounter: one, addTerminals, available, booksHold } = here;

test('a key that is not the terminal’s, a time that is far off, a nonce once more with something else: A0; the key before a sign-on holds a while', async () => {
  const { t1, merchantNo } = await one(10_000);
  const fields = (traceNo: number, amountFen = 100) => ({ batchNo: 1, traceNo, amountFen });
  assert.equal((await t1.tell('purchase', fields(10), { key: '00'.repeat(32) })).code, 'A0');
  assert.equal((await t1.tell('purchase', fields(10), { timestamp: Date.now() - 301_000 })).code, 'A0');
  assert.equal((await t1.tell('purchase', fields(10), { timestamp: Date.now() + 301_000 })).code, 'A0');
  const sent = { timestamp: Date.now(), nonce: 'nonce-of-this-story' };
  const first = await t1.tell('purchase', fields(11), sent);
  assert.equal(first.code, '00');
  assert.equal((await t1.tell('purchase', fields(11), sent)).text, first.text, 'the same message once more');
  assert.equal((await t1.tell('purchase', fields(12), sent)).code, 'A0', 'the same nonce for another');
  const twice = { timestamp: Date.now(), nonce: 'sign-on-of-this-story' };
  const [once, again] = [await t1.tell('sign-on', { traceNo: 90 }, twice), await t1.tell('sign-on', { traceNo: 90 }, twice)];
  assert.deepEqual([once.code, again.text], ['00', once.text], 'a sign-on that travels twice');
  await t1.signOn();
  const before = t1.memory.workingKey;
  await t1.signOn();
  assert.notEqual(t1.memory.workingKey, before);
  assert.equal((await t1.tell('purchase', fields(13), { key: before })).code, '00');
  await t1.signOn();
  assert.equal((await t1.tell('purchase', fields(14), { key: before })).code, 'A0');
  await here.world.asOwner(`update terminal_session set signed_on_at = now() - interval '31 minutes' where terminal_no = '${t1.memory.terminalNo}'`);
  assert.equal((await t1.tell('purchase', fields(15))).code, '00', 'the present key does not age');
  assert.equal(await available(merchantNo), 9700);
});

test('format, types and batches: 30, 40, 58, 77; and what a terminal may not do', async () => {
  const { t1, merchantNo } = await one(10_000);
  assert.equal((await t1.tell('purchase', { batchNo: 1, traceNo: 5, amountFen: '100' })).code, '30');
  assert.equal((await t1.tell('purchase', { batchNo: 1, traceNo: 5, amountFen: 100, more: 1 })).code, '30');
  assert.equal((await t1.tell('purchase', { batchNo: 1, traceNo: 0, amountFen: 100 })).code, '30');
  assert.equal((await t1.tell('purchase', { batchNo: 1, traceNo: 5, amountFen: 1.5 })).code, '30');
  assert.equal((await t1.tell('purchase', { batchNo: 1, traceNo: 5, amountFen: 0 })).code, '13');
  assert.equal((await t1.tell('purchase', { batchNo: 1, traceNo: 6, amountFen: 1_000_000_000_000 })).code, '13');
  assert.equal((await t1.tell('nothing' as 'purchase', { batchNo: 1, traceNo: 5, amountFen: 100 })).code, '40');
  assert.equal((await t1.purchase(100, { batchNo: 2 })).code, '77');
  const [simple] = await addTerminals(merchantNo, 1, { permitted: 'purchase' });
  assert.ok(simple);
  assert.equal(
    (await simple.tell('purchase', { batchNo: 1, traceNo: 1, amountFen: 1 }, { key: '11'.repeat(32) })).code,
    'A0',
    'without a sign-on there is no key',
  );
  await simple.signOn();
  assert.equal((await simple.balance()).code, '58');
  const answer = await t1.balance();
  assert.deepEqual([answer.code, answer.body.availableFen], ['00', 10_000]);
});

test('who guesses at signatures is slowed before they are looked at, and nobody else with them', async () => {
  const { t1 } = await one(10_000);
  const from = (address: string): TerminalClient =>
    new TerminalClient(here.site.base, { ...t1.memory }, (url, headers, body) => overHttp(url, { ...headers, 'X-Forwarded-For': address }, body));
  const thief = from('203.0.113.7');
  const answers: number[] = [];
  for (let n = 0; n < 125; n++) answers.push((await thief.tell('balance', { batchNo: 1, traceNo: 1 }, { key: '00'.repeat(32) })).status);
  assert.deepEqual([answers.filter((status) => status === 401).length, answers.filter((status) => status === 429).length], [120, 5]);
  assert.equal((await thief.balance()).status, 429, 'even with the right key from there');
  assert.equal((await from('203.0.113.8').balance()).code, '00');
});

test('a signature is over bytes: where they are no UTF-8, one over what they might mean counts for nothing', async () => {
  const { t1, merchantNo } = await one(10_000);
  const { terminalNo, workingKey } = t1.memory;
  const before = Buffer.from('{"merchantNo":"');
  const behind = Buffer.from(`","merchantNo":"${merchantNo}","terminalNo":"${terminalNo}","batchNo":1,"traceNo":7,"amountFen":100}`);
  const bytes = Buffer.concat([before, Buffer.from([0xff]), behind]);
  const signed = { method: 'POST', path: '/terminal/v1/purchase', timestamp: String(Date.now()), nonce: 'nonce-over-text' };
  const mac = macOf(Buffer.from(workingKey, 'hex'), { ...signed, body: bytes.toString('utf8') });
  const headers = { 'X-Timestamp': signed.timestamp, 'X-Nonce': signed.nonce, 'X-Mac': mac };
  const answer = await fetch(`${here.site.base}${signed.path}`, { method: 'POST', headers, body: bytes });
  assert.equal(((await answer.json()) as { code: string }).code, '30');
  assert.equal(await available(merchantNo), 10_000);
});

test('a day of nonces beside it: a purchase looks for its own and does not read the others', async () => {
  const { t1 } = await one(100_000);
  const purchases = async (from: number) => {
    for (let traceNo = from; traceNo < from + 20; traceNo++) assert.equal((await t1.tell('purchase', { batchNo: 1, traceNo, amountFen: 1 })).code, '00');
  };
  // So often that every statement has the plan that it keeps, made while PostgreSQL believes that there is nothing to read.
  await here.world.asOwner('delete from terminal_nonce');
  await here.world.asOwner('vacuum analyze terminal_nonce');
  await purchases(100);
  await here.world.asOwner(
    `insert into terminal_nonce (at_ms, terminal_no, nonce) select ${Date.now()} + n % 1000, 'busy', 'n' || n from generate_series(1, 20000) n`,
  );
  const before = await nonceReads();
  await purchases(200);
  let after = before;
  for (let i = 0; i < 150 && after.looks < before.looks + 20; i++) {
    await pause(100);
    after = await nonceReads();
  }
  assert.ok(after.looks >= before.looks + 20, 'PostgreSQL has told of the looks');
  // Reading all of them each time would be 400,000; forgetting old ones may read them once.
  assert.ok(after.rows - before.rows < 60_000, `${after.rows - before.rows} rows read`);
});

/** How often PostgreSQL looked into the table of nonces, and how many of its rows it read. */
async function nonceReads(): Promise<{ looks: number; rows: number }> {
  const [row] = await here.world.db.execute<{ looks: number; rows: number }>(
    sql`select (seq_scan + coalesce(idx_scan, 0))::int as looks, (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_user_tables where relname = 'terminal_nonce'`,
  );
  assert.ok(row);
  return row;
}

test('the terminal on the command line says what it can do', async () => {
  for (const asked of [['help'], []]) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'stack/terminal.ts', ...asked]);
    for (const command of ['sign-on', 'purchase', 'reverse', 'settle', 'simulate']) assert.ok(stdout.includes(command), command);
  }
});
