// 联机业务 as its users tell it: scenarios 3, 8, 9, 15 to 20 and 24, over HTTP against a real web and PostgreSQL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { entriesOf } from '../../db/ledger.ts';
import type { TerminalClient } from '../../stack/terminal-client.ts';
import { check001, command, opening, request } from '../cast.ts';
import { onlineStories } from '../online.ts';
import { registration, simple } from '../records.ts';

const here = onlineStories({ over: () => booksHold() });
const { start, say, view, written, approve, openShop, openCounter: one, clientOf, available, booksHold } = here;

const entries = async (t: TerminalClient) => {
  const [row] = await here.world.db.execute<{ n: number }>(sql`select count(*)::int as n from journal_entry where cause like ${`${t.memory.terminalNo}/%`}`);
  return row?.n;
};
const lastTrace = (t: TerminalClient) => t.memory.traceNo;

test('scenarios 3 and 8: before approval the merchant answers 03 and the terminal 58; after it T1 signs on and gets its batch', async () => {
  const submission = opening({ feeRate: '' });
  const handle = await start(submission);
  await written(submission.requestNo);
  const { t1 } = await one(0);
  const stranger = await clientOf(submission.merchantNo, t1.memory.terminalNo);
  assert.equal((await stranger.signOn()).code, '03');
  await approve(handle);
  assert.equal((await stranger.signOn()).code, '97', 'a terminal of another merchant');
  const registering = await start(registration(submission.merchantNo, 1));
  await view(registering);
  const [row] = await here.world.db.execute<{ no: string }>(sql`select terminal_no as no from terminal where opened_by = ${registering.workflowId}`);
  const pending = await clientOf(submission.merchantNo, row?.no ?? '');
  assert.equal((await pending.signOn()).code, '58');
  await approve(registering);
  const answer = await pending.signOn();
  assert.deepEqual([answer.code, answer.body.batchNo, answer.genuine], ['00', 1, true]);
});

test('scenario 9: 注销 of T1 is submitted: its next purchase answers 97, T2 goes on', async () => {
  const { merchantNo, terminals } = await openShop(10_000, 2);
  const [t1, t2] = terminals;
  assert.ok(t1 && t2);
  assert.equal((await t1.purchase(100)).code, '00');
  const off = await start(request('terminalCancellation', { merchantNo, title: '', data: { terminalNos: t1.memory.terminalNo, reason: '撤机' } }));
  await view(off);
  assert.equal((await t1.purchase(100)).code, '97');
  assert.equal((await t2.purchase(100)).code, '00');
  assert.equal(await available(merchantNo), 9800);
});

test('scenario 15: 100.00 of 100.00 is 00, then 0.01 is 51 and recorded without a posting', async () => {
  const { merchantNo, t1 } = await one(10_000);
  const answer = await t1.purchase(10_000);
  assert.deepEqual([answer.code, answer.body.availableFen, await available(merchantNo)], ['00', 0, 0]);
  assert.equal((await t1.purchase(1)).code, '51');
  const [row] = await here.world.db.execute<{ code: string; state: string }>(
    sql`select code, state from terminal_txn where terminal_no = ${t1.memory.terminalNo} and trace_no = ${lastTrace(t1)}`,
  );
  assert.deepEqual([row?.code, row?.state, await entries(t1)], ['51', 'declined', 1]);
});

test('scenario 16: two terminals on the last quota at once: one 00, one 51, 40.00 left', async () => {
  const { merchantNo, terminals } = await openShop(10_000, 2);
  const answers = await Promise.all(terminals.map((terminal) => terminal.purchase(6000)));
  assert.deepEqual(answers.map(({ code }) => code).toSorted(), ['00', '51']);
  assert.equal(await available(merchantNo), 4000);
});

test('scenario 17: the same again is answered with the same bytes; the same number with another amount is 94; one posting', async () => {
  const { merchantNo, t1 } = await one(10_000);
  const first = await t1.purchase(2500, { cardNo: '6222020200012345670' });
  const traceNo = lastTrace(t1);
  const again = await Promise.all(Array.from({ length: 5 }, () => t1.purchase(2500, { traceNo, cardNo: '6222020200012345670' })));
  for (const { text } of again) assert.equal(text, first.text);
  assert.equal((await t1.purchase(2501, { traceNo, cardNo: '6222020200012345670' })).code, '94');
  assert.equal((await t1.purchase(2500, { traceNo })).code, '94', 'without the card it is something else');
  assert.equal((await t1.void({ traceNo }, 2500, { traceNo })).code, '94', 'so is another type');
  assert.deepEqual([await available(merchantNo), await entries(t1)], [7500, 1]);
  const [row] = await here.world.db.execute<{ mask: string; found: number }>(
    sql`select card_mask as mask, (select count(*)::int from terminal_txn where to_jsonb(terminal_txn)::text like '%6222020200012345670%') as found from terminal_txn where terminal_no = ${t1.memory.terminalNo}`,
  );
  assert.deepEqual([row?.mask, row?.found], ['6222025670', 0], 'never the whole card number');
});

test('scenario 18: the answer is lost, 冲正 gives the quota back once, however often it comes', async () => {
  const { merchantNo, t1 } = await one(10_000);
  await t1.purchase(5000);
  const traceNo = lastTrace(t1);
  const first = await t1.reverse(traceNo, '98');
  assert.deepEqual([first.code, await available(merchantNo)], ['00', 10_000]);
  for (const reason of ['98', '06']) assert.equal((await t1.reverse(traceNo, reason)).text, first.text);
  assert.deepEqual([await available(merchantNo), await entries(t1)], [10_000, 2]);
  const [row] = await here.world.db.execute<{ state: string }>(
    sql`select state from terminal_txn where terminal_no = ${t1.memory.terminalNo} and not reversal`,
  );
  assert.equal(row?.state, 'reversed');
  const [net] = await here.world.db.execute<{ fen: string }>(sql`select sum(net_fen) as fen from terminal_txn where terminal_no = ${t1.memory.terminalNo}`);
  assert.equal(Number(net?.fen), 0);
  const lines = await entriesOf(here.world.db, `${t1.memory.terminalNo}/000001/${String(traceNo).padStart(6, '0')}R`);
  assert.deepEqual(
    lines.map(({ account, debitFen, creditFen }) => [account, debitFen, creditFen]),
    [
      ['2241.10', 0, 5000],
      ['2202.01', 5000, 0],
    ],
  );
});

test('冲正 of a declined purchase is 00 without a posting', async () => {
  const { t1 } = await one(1000);
  assert.equal((await t1.purchase(5000)).code, '51');
  assert.equal((await t1.reverse(lastTrace(t1))).code, '00');
  assert.equal(await entries(t1), 0);
});

test('scenario 19: 冲正 comes first: 25, and the purchase that comes later is 94 without a posting', async () => {
  const { merchantNo, t1 } = await one(10_000);
  const traceNo = t1.nextTrace();
  assert.equal((await t1.reverse(traceNo)).code, '25');
  const late = await t1.purchase(5000, { traceNo });
  assert.equal(late.code, '94');
  assert.equal((await t1.purchase(5000, { traceNo })).text, late.text);
  assert.equal((await t1.reverse(traceNo)).code, '25');
  assert.deepEqual([await available(merchantNo), await entries(t1)], [10_000, 0]);
});

test('scenario 20: bounds of void and refund', async () => {
  const { merchantNo, t1 } = await one(20_000);
  await t1.purchase(5000);
  const [first, more] = [lastTrace(t1), t1];
  assert.equal((await more.void({ traceNo: first }, 4999)).code, '64');
  assert.equal((await more.void({ traceNo: 999_999 }, 5000)).code, '25');
  assert.equal((await more.void({ traceNo: first }, 5000)).code, '00');
  assert.equal((await more.void({ traceNo: first }, 5000)).code, '12', 'voided already');
  assert.equal((await more.refund({ traceNo: first }, 100)).code, '12', 'nothing is left to refund');
  await t1.purchase(5000);
  const second = lastTrace(t1);
  await t1.reverse(second);
  assert.equal((await t1.void({ traceNo: second }, 5000)).code, '12', 'reversed already');
  await t1.purchase(5000);
  const third = lastTrace(t1);
  assert.equal((await t1.refund({ traceNo: third }, 3000)).code, '00');
  assert.equal((await t1.refund({ traceNo: third }, 3000)).code, '64');
  assert.equal((await t1.refund({ traceNo: third }, 2000)).code, '00');
  assert.equal((await t1.refund({ traceNo: third }, 1)).code, '64');
  assert.equal((await t1.refund({ traceNo: lastTrace(t1) }, 1)).code, '12', 'a refund cannot be refunded');
  assert.equal(await available(merchantNo), 20_000);
  await t1.purchase(5000);
  await here.world.db.execute(sql`select 1`);
  await here.world.asOwner(
    `update terminal_txn set at = now() - interval '31 days' where terminal_no = '${t1.memory.terminalNo}' and trace_no = ${lastTrace(t1)}`,
  );
  assert.equal((await t1.refund({ traceNo: lastTrace(t1) }, 100)).code, '12', 'too late');
});

test('parallel refunds never give back more than was paid; 冲正 of a void restores the purchase', async () => {
  const { merchantNo, terminals } = await openShop(10_000, 3);
  const [t1] = terminals;
  assert.ok(t1);
  await t1.purchase(9000);
  const original = { terminalNo: t1.memory.terminalNo, traceNo: lastTrace(t1), batchNo: 1 };
  const answers = await Promise.all(terminals.flatMap((terminal) => [1, 2].map(() => terminal.refund(original, 2000))));
  assert.deepEqual(answers.map(({ code }) => code).toSorted(), ['00', '00', '00', '00', '64', '64']);
  assert.equal(await available(merchantNo), 9000);
  await t1.purchase(1000);
  const bought = lastTrace(t1);
  await t1.void({ traceNo: bought }, 1000);
  assert.equal((await t1.reverse(lastTrace(t1))).code, '00');
  assert.equal(await available(merchantNo), 8000);
  assert.equal((await t1.void({ traceNo: bought }, 1000)).code, '00', 'it stands again, so it can be voided again');
  assert.equal(await available(merchantNo), 9000);
});

test('fee: 0.38 % is taken with the purchase, given back with void and 冲正, and with a refund when the parameter says so', async () => {
  const { merchantNo, t1 } = await one(100_000, { feeRate: '0.38' });
  const answer = await t1.purchase(10_000);
  assert.deepEqual([answer.body.feeFen, await available(merchantNo)], [38, 89_962]);
  await t1.refund({ traceNo: lastTrace(t1) }, 5000);
  assert.equal(await available(merchantNo), 94_962, 'the fee stays');
  await t1.purchase(10_000);
  await t1.void({ traceNo: lastTrace(t1) }, 10_000);
  assert.equal(await available(merchantNo), 94_962);
  await here.world.asOwner(`update policy set value = 'on' where key = 'refund.returnsFee'`);
  await t1.purchase(10_000);
  const traceNo = lastTrace(t1);
  for (const fen of [3333, 3333, 3334]) assert.equal((await t1.refund({ traceNo }, fen)).code, '00');
  assert.equal(await available(merchantNo), 94_962, 'to the last fen');
  await here.world.asOwner(`update policy set value = 'off' where key = 'refund.returnsFee'`);
});

test('scenario 24, limits: 5000.00 passes, 5000.01 is 61; a day of 20,000 with a reversed 5000 given back; counts are 65', async () => {
  const { t1, merchantNo } = await one(10_000_000, { singleLimit: '5000', dailyLimit: '20000' });
  assert.equal((await t1.purchase(500_001)).code, '61');
  for (let n = 0; n < 4; n++) assert.equal((await t1.purchase(500_000)).code, '00');
  assert.equal((await t1.purchase(1)).code, '61');
  assert.equal((await t1.reverse(lastTrace(t1) - 1)).code, '00');
  assert.equal((await t1.purchase(500_000)).code, '00');
  assert.equal((await t1.purchase(1)).code, '61');
  assert.equal(await available(merchantNo), 8_000_000);
  await here.world.asOwner(`update policy set value = '2' where key = 'limit.terminal.dailyCount'`);
  const { t1: counted } = await one(10_000);
  assert.deepEqual([(await counted.purchase(1)).code, (await counted.purchase(1)).code, (await counted.purchase(1)).code], ['00', '00', '65']);
  await counted.void({ traceNo: lastTrace(counted) - 1 }, 1);
  assert.equal((await counted.purchase(1)).code, '00');
  await here.world.asOwner(`update policy set value = 'off' where key = 'limit.terminal.dailyCount'`);
});

test('freezing the merchant stops every terminal with the next message', async () => {
  const { merchantNo, terminals } = await openShop(10_000, 2);
  const freezing = await start(simple('merchantFreeze', merchantNo));
  await view(freezing);
  for (const terminal of terminals) assert.equal((await terminal.purchase(100)).code, '03');
  await say(freezing, 'decide', command('reject', check001, (await view(freezing)).revision, { reason: '误报' }));
  for (const terminal of terminals) assert.equal((await terminal.purchase(100)).code, '00');
});

test('a closed day is 90', async () => {
  const { t1 } = await one(10_000);
  await here.world.asOwner("insert into ledger_day select to_char(now() at time zone 'Asia/Shanghai', 'YYYYMMDD'), now()");
  assert.equal((await t1.purchase(100)).code, '90');
  await here.world.asOwner('delete from ledger_day');
  assert.equal((await t1.purchase(100)).code, '00');
});
