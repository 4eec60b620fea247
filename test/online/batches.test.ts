// 批结算 and 批上送, races against settlement, and crashes between commit and answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { TerminalAnswer } from '../../stack/terminal-client.ts';
import { totalsOf } from '../../workflows/rules/batches.ts';
import { onlineStories } from '../online.ts';
import { simple } from '../records.ts';
import { signInAt } from '../web/site.ts';

const here = onlineStories({ over: () => booksHold() });
const { start, view, amend, openShop, openCounter: one, available, booksHold } = here;

test('totals that agree close the batch; the same settlement again is answered with the same bytes; the next batch is open', async () => {
  const { t1 } = await one(100_000);
  await t1.purchase(1000);
  await t1.purchase(2000);
  await t1.void({ traceNo: t1.memory.traceNo }, 2000);
  await t1.purchase(3000);
  await t1.reverse(t1.memory.traceNo);
  const totals = totalsOf(t1.memory.items);
  assert.deepEqual(totals, { debitCount: 2, debitFen: 3000, creditCount: 1, creditFen: 2000 });
  const answer = await t1.settle(totals);
  assert.deepEqual([answer.code, answer.body.balanced, answer.body.nextBatchNo], ['00', 1, 2]);
  const again = await t1.settle(totals, t1.memory.traceNo, 1);
  assert.equal(again.text, answer.text);
  assert.equal((await t1.settle(totals, t1.nextTrace(), 1)).code, '77', 'another settlement of a batch that is closed');
  assert.equal((await t1.purchase(100, { batchNo: 1 })).code, '77');
  assert.equal((await t1.purchase(100)).code, '00');
});

test('scenario 25, batch totals: off by one they do not agree; the upload does; what only one side knows is put on record', async () => {
  const { t1, merchantNo } = await one(100_000);
  await t1.purchase(1000);
  await t1.purchase(2000);
  const totals = totalsOf(t1.memory.items);
  const off = await t1.settle({ ...totals, debitFen: totals.debitFen + 1 });
  assert.deepEqual([off.code, off.body.balanced, off.body.nextBatchNo], ['00', 2, 1]);
  assert.equal((await t1.upload(t1.memory.items, t1.memory.traceNo)).code, '94', 'an upload under the number of the settlement');
  const upload = await t1.upload(t1.memory.items);
  assert.deepEqual([upload.code, upload.body.balanced, upload.body.nextBatchNo, upload.body.differences], ['00', 1, 2, []]);
  await t1.purchase(3000);
  const known = t1.memory.items;
  const told = [...known.map((item) => ({ ...item, amountFen: 2999 })), { traceNo: 999, type: 'purchase' as const, amountFen: 5 }];
  await t1.settle(totalsOf(told));
  const second = await t1.upload(told);
  assert.equal(second.body.balanced, 3);
  const rows = await here.world.db.execute<{ why: string }>(sql`select why from terminal_exception where terminal_no = ${t1.memory.terminalNo} order by why`);
  assert.deepEqual(
    rows.map(({ why }) => why),
    ['upload.amount', 'upload.theirs'],
  );
  const reviewer = await signInAt(here.site.base, 'check001');
  const { html } = await reviewer.get(`/reports/terminal-exceptions?period=today&merchant=${merchantNo}`);
  assert.match(html, new RegExp(`${t1.memory.terminalNo}[\\s\\S]*批上送:金额或类型不一致`));
  assert.match(html, /批上送:终端有,本方无/);
});

test('冲正 of a settled batch is 12, for somebody to look at; 冲正 against 批结算 at once: one of the two, never both', async () => {
  const { t1, merchantNo } = await one(1_000_000);
  await t1.purchase(1000);
  const traceNo = t1.memory.traceNo;
  await t1.settle(totalsOf(t1.memory.items));
  assert.equal((await t1.reverse(traceNo, '98', 1)).code, '12');
  assert.equal((await t1.reverse(traceNo, '98', 1)).code, '12');
  const [found] = await here.world.db.execute<{ n: number }>(
    sql`select count(*)::int as n from terminal_exception where terminal_no = ${t1.memory.terminalNo} and why = 'settled'`,
  );
  assert.deepEqual([found?.n, await available(merchantNo)], [1, 999_000]);
  for (let n = 0; n < 8; n++) {
    const before = (await available(merchantNo)) ?? 0;
    const { batchNo } = t1.memory;
    await t1.purchase(500);
    const bought = t1.memory.traceNo;
    const [settled, reversed] = await Promise.all([t1.settle(totalsOf(t1.memory.items)), t1.reverse(bought, '98', batchNo)]);
    const outcome = [settled.body.balanced, reversed.code, ((await available(merchantNo)) ?? 0) - before];
    assert.ok([JSON.stringify([1, '12', -500]), JSON.stringify([2, '00', 0])].includes(JSON.stringify(outcome)), JSON.stringify(outcome));
    if (settled.body.balanced === 2) await t1.settle(totalsOf([]), t1.nextTrace(), batchNo);
  }
});

test('签到 and 批结算 of one terminal at once, both behind a message: each has its turn', async () => {
  const { t1, merchantNo } = await one(100_000);
  await t1.purchase(1000);
  const both = await here.world.db.transaction(async (tx) => {
    await tx.execute(sql`select 1 from ledger_hold(array[${merchantNo}]::text[])`);
    const settled = t1.settle(totalsOf(t1.memory.items));
    await pause(150);
    const signedOn = t1.signOn();
    await pause(150);
    return [settled, signedOn];
  });
  assert.deepEqual(
    (await Promise.all(both)).map(({ code }) => code),
    ['00', '00'],
  );
  assert.equal((await t1.purchase(100, { batchNo: 2 })).code, '00');
});

test('whoever changes what a terminal is held to holds its merchant, and loses it after ten seconds of silence', async () => {
  const { t1, merchantNo } = await one(100_000);
  const [row] = await here.world.db.transaction(async (tx) => {
    await tx.execute(sql`update terminal set business_hours = '08:00-20:00' where terminal_no = ${t1.memory.terminalNo}`);
    return tx.execute<{ silence: string; held: number }>(sql`
      select current_setting('idle_in_transaction_session_timeout') as silence, (select count(*)::int from ledger_account where owner = ${merchantNo} and xmax = pg_current_xact_id()::xid or xmin = pg_current_xact_id()::xid) as held`);
  });
  assert.deepEqual({ ...row }, { silence: '10s', held: 1 });
});

test('a merchant with an unsettled batch cannot be cancelled', async () => {
  const { t1, merchantNo } = await one(1000);
  await t1.purchase(1000);
  const refused = await start(simple('merchantCancellation', merchantNo));
  assert.equal((await view(refused)).events.at(-1)?.refusal, 'batch_open');
  assert.equal((await t1.settle(totalsOf(t1.memory.items))).code, '00');
  await amend(refused, { reason: '停业' });
  assert.equal((await view(refused)).state, 'submitted');
  assert.equal((await t1.purchase(1)).code, '03');
});

test('a hundred terminals’ worth of messages at once, each sent three times: every one is decided once', async () => {
  const { merchantNo, terminals } = await openShop(50_000, 4);
  const answers = await Promise.all(
    terminals.flatMap((terminal) =>
      Array.from({ length: 25 }, () => {
        const traceNo = terminal.nextTrace();
        return Promise.all([1, 2, 3].map(() => terminal.purchase(1000, { traceNo })));
      }),
    ),
  );
  for (const [first, ...others] of answers) for (const other of others) assert.equal(other.text, first?.text);
  assert.equal(answers.filter(([first]) => first?.code === '00').length, 50);
  assert.equal(await available(merchantNo), 0);
});

test('a purchase and its 冲正, or void, that are decided in one batch: it stays undone, and nothing gives it back once more', async () => {
  const { t1, merchantNo } = await one(100_000);
  /** Both wait behind a message that waits for the merchant's account, so that they go together. */
  const together = async (second: (traceNo: number) => Promise<TerminalAnswer>) => {
    const traceNo = t1.nextTrace() + 1;
    const answers = await here.world.db.transaction(async (tx) => {
      await tx.execute(sql`select 1 from ledger_hold(array[${merchantNo}]::text[])`);
      const sent: Promise<TerminalAnswer>[] = [t1.balance()];
      await pause(150);
      sent.push(t1.purchase(1000, { traceNo: traceNo + 100 }));
      await pause(100);
      sent.push(second(traceNo + 100));
      await pause(100);
      return sent;
    });
    const [, bought, undone] = await Promise.all(answers);
    assert.deepEqual([bought?.code, undone?.code], ['00', '00']);
    return traceNo + 100;
  };
  const reversed = await together((traceNo) => t1.reverse(traceNo));
  const voided = await together((traceNo) => t1.void({ traceNo }, 1000, { traceNo: traceNo + 200 }));
  for (const traceNo of [reversed, voided]) {
    assert.equal((await t1.void({ traceNo }, 1000, { traceNo: traceNo + 300 })).code, '12');
    assert.equal((await t1.refund({ traceNo }, 1, { traceNo: traceNo + 400 })).code, '12');
  }
  assert.equal((await t1.reverse(voided)).code, '12');
  assert.equal(await available(merchantNo), 100_000);
  const rows = await here.world.db.execute<{ n: number; state: string }>(
    sql`select trace_no as n, state from terminal_txn where terminal_no = ${t1.memory.terminalNo} and type = 'purchase' order by 1`,
  );
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['reversed', 'voided'],
  );
});
