// 充值 and everything around it, on the ledger: scenarios 7, 10, 12, 13, 14, 21 and 22 as far as they need no page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { refundActivities } from '../../activities/refunds.ts';
import { bankLines, payableOf } from '../../db/bank.ts';
import { closeDb, openDb } from '../../db/connect.ts';
import { entriesOf, findQuota, hasPosted, trialBalance } from '../../db/ledger.ts';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { findMerchant } from '../../db/merchants.ts';
import { importFile } from '../../web/bank/importing.ts';
import type { Actor } from '../../workflows/rules/request.ts';
import { shanghaiTime } from '../../workflows/rules/time.ts';
import { check001, check002, clerk001, command, finance1, leader01, request } from '../cast.ts';
import { moneyOf } from '../money.ts';
import { OUR_ACCOUNT, writeStatement } from '../statements.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
const stories = storiesOf(() => world);
const { start, say, view, approve, keep } = stories;
const { receive, topUp, openMerchant } = moneyOf(() => world, stories);
before(async () => {
  world = await openWorld();
  await world.work();
});
after(() => world.close());

const decide = async (handle: WorkflowHandle, by: Actor, more: Partial<Parameters<typeof command>[3]> = {}) =>
  say(handle, 'decide', command('approve', by, (await view(handle)).revision, more));
const available = async (merchantNo: string) => (await findQuota(world.db, merchantNo))?.available;
const stateOf = async (lineId: number) => (await bankLines(world.db, {}, 500)).find((line) => line.id === lineId)?.state;

test('scenario 10: 107,000.53 by two levels against its bank line: the quota grows, the journal says so, the line is used', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(10_700_053);
  const handle = await topUp(merchantNo, 10_700_053);
  assert.deepEqual((await view(handle)).plan?.levels, [{ group: '03' }, { group: '04' }]);
  assert.equal((await decide(handle, check001))?.refusal, 'line_missing');
  assert.deepEqual([(await decide(handle, check001, { line: { id: line, override: false } }))?.state, await stateOf(line)], ['submitted', 'reserved']);
  assert.equal((await decide(handle, check002))?.refusal, 'not_your_level');
  assert.equal((await decide(handle, finance1))?.state, 'effective');
  assert.equal(await available(merchantNo), 10_700_053);
  assert.deepEqual(
    (await entriesOf(world.db, handle.workflowId)).map(({ account, owner, debitFen, creditFen, beforeFen, afterFen }) => [
      account,
      owner,
      debitFen,
      creditFen,
      beforeFen,
      afterFen,
    ]),
    [
      ['2241.20', '', 10_700_053, 0, null, null],
      ['2241.10', merchantNo, 0, 10_700_053, 0, 10_700_053],
    ],
  );
  assert.equal(await stateOf(line), 'used');
  await keep('top-up-two-levels', handle);
});

test('scenario 12: one fen off is refused and the line stays open; a line serves one top-up only, also under concurrency', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(499_999);
  const wrong = await topUp(merchantNo, 500_000);
  const refused = await decide(wrong, check001, { line: { id: line, override: false } });
  assert.deepEqual([refused?.accepted, refused?.refusal, refused?.state, await stateOf(line)], [false, 'amount_differs', 'submitted', 'open']);
  await keep('top-up-effect-refused', wrong);
  await say(wrong, 'withdraw', command('withdraw', clerk001, (await view(wrong)).revision));
  const pair = [await topUp(merchantNo, 499_999), await topUp(merchantNo, 499_999)];
  const outcomes = await Promise.all(pair.map((handle) => decide(handle, check001, { line: { id: line, override: false } })));
  assert.deepEqual(outcomes.map((outcome) => outcome?.refusal ?? outcome?.state).toSorted(), ['effective', 'line_taken']);
  assert.equal(await available(merchantNo), 499_999);
});

test('a line that two top-ups of two levels name at once: the second is back at level 1 and told why', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(6_000_000);
  const pair = [await topUp(merchantNo, 6_000_000), await topUp(merchantNo, 6_000_000)];
  const outcomes = await Promise.all(pair.map((handle) => decide(handle, check001, { line: { id: line, override: false } })));
  assert.deepEqual(outcomes.map((outcome) => outcome?.refusal ?? `level ${outcome?.level}`).toSorted(), ['level 2', 'line_taken']);
  const loser = pair[outcomes.findIndex((outcome) => outcome?.refusal)];
  assert.ok(loser);
  const seen = await view(loser);
  assert.deepEqual([seen.level, seen.line, seen.approvals], [1, null, []]);
  await keep('top-up-line-taken', loser);
});

test('scenario 13: money from an unknown payer: a top-up needs an override with a reason, or it goes back to the payer, never both', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(800_000, { name: '某某个人', account: '6222020200012345670' });
  const handle = await topUp(merchantNo, 800_000);
  assert.equal((await decide(handle, check001, { line: { id: line, override: false } }))?.refusal, 'payer_differs');
  assert.equal((await decide(handle, check001, { line: { id: line, override: true } }))?.refusal, 'reason_missing');
  const back = await start(
    request('lineReturn', { merchantNo: '', title: '某某个人', amountFen: 800_000, data: { lineId: String(line), reason: '非我司商户' } }, finance1),
  );
  assert.equal((await view(back)).state, 'submitted');
  assert.equal((await decide(handle, check001, { line: { id: line, override: true }, reason: '法人代付' }))?.refusal, 'line_taken');
  assert.equal((await decide(back, leader01))?.state, 'effective');
  assert.deepEqual([(await payableOf(world.db, back.workflowId))?.amountFen, await available(merchantNo)], [800_000, 0]);
  const second = await start(
    request('lineReturn', { merchantNo: '', title: '某某个人', amountFen: 800_000, data: { lineId: String(line), reason: '再退一次' } }, finance1),
  );
  assert.equal((await view(second)).state, 'returned');
  await keep('line-return', back);
  await keep('line-return-refused', second);
});

test('scenario 14: three top-ups of 49,999 on one day: the third is decided by the tier of 149,997', async () => {
  const merchantNo = await openMerchant();
  const plans: (string | undefined)[] = [];
  for (let i = 0; i < 3; i++) plans.push((await view(await topUp(merchantNo, 4_999_900))).plan?.levels.map((level) => level.group).join('+'));
  assert.deepEqual(plans, ['03', '03+04', '03+04']);
});

test('the day’s sum under 50 submissions at once: every one counts all that came before it', async () => {
  const merchantNo = await openMerchant();
  const handles = await Promise.all(Array.from({ length: 50 }, () => topUp(merchantNo, 1_100_000)));
  const plans = await Promise.all(handles.map(async (handle) => (await view(handle)).plan?.levels.length));
  const count = (levels: number) => plans.filter((plan) => plan === levels).length;
  // 11,000 each: four within 50,000; up to 45 within 500,000; the rest above.
  assert.deepEqual([count(1), count(2), count(3)], [4, 41, 5]);
});

test('amounts that do not say what their words say are refused at submission', async () => {
  const merchantNo = await openMerchant();
  const handle = await start(request('topUp', { merchantNo, title: 'x', amountFen: 100_000, data: { amountInWords: '壹万元整' } }));
  assert.deepEqual([(await view(handle)).state, (await view(handle)).events.at(-1)?.refusal], ['returned', 'words_differ']);
});

test('充值撤销: mirrored by finance and 主管; what is spent is 短款; the line waits again; not twice', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(300_000);
  const handle = await topUp(merchantNo, 300_000);
  await decide(handle, check001, { line: { id: line, override: false } });
  const spend = await start(
    request('adjustment', {
      merchantNo: '',
      title: '消费',
      amountFen: 100_000,
      data: { debitAccount: '2241.10', debitOwner: merchantNo, creditAccount: '2202.01', creditOwner: '', reason: '演示消费' },
    }),
  );
  await decide(spend, finance1);
  assert.equal((await decide(spend, leader01))?.state, 'effective');
  const undo = request('topUpVoid', { merchantNo, title: '撤销', amountFen: 300_000, data: { topUpNo: handle.workflowId, reason: '重复入账' } });
  const first = await start(undo);
  await decide(first, finance1);
  assert.equal((await decide(first, finance1))?.refusal, 'own_request');
  assert.equal((await decide(first, leader01))?.state, 'effective');
  assert.deepEqual(
    (await entriesOf(world.db, first.workflowId)).map(({ account, debitFen, creditFen }) => [account, debitFen, creditFen]),
    [
      ['2241.10', 200_000, 0],
      ['1221.01', 100_000, 0],
      ['2241.20', 0, 300_000],
    ],
  );
  assert.deepEqual([await available(merchantNo), await stateOf(line)], [0, 'open']);
  const again = await start(request('topUpVoid', { merchantNo, title: '撤销', amountFen: 300_000, data: { topUpNo: handle.workflowId, reason: '再撤一次' } }));
  assert.equal((await view(again)).events.at(-1)?.refusal, 'top_up_voided');
  await keep('top-up-void', first);
  await keep('adjustment', spend);
});

test('scenario 22: 额度退款 freezes, is owed, paid by the bank line; 退票 reopens what is owed; then the merchant can go', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(12_345);
  await decide(await topUp(merchantNo, 12_345), check001, { line: { id: line, override: false } });
  const tooSoon = await start(request('merchantCancellation', { merchantNo, title: 'x', data: { reason: '退出' } }));
  assert.equal((await view(tooSoon)).events.at(-1)?.refusal, 'quota_not_zero');
  await say(tooSoon, 'withdraw', command('withdraw', clerk001, (await view(tooSoon)).revision));
  const refused = await start(request('quotaRefund', { merchantNo, title: 'x', amountFen: 12_346, data: { reason: '多了一分' } }));
  assert.equal((await view(refused)).events.at(-1)?.refusal, 'quota_insufficient');
  const refund = await start(request('quotaRefund', { merchantNo, title: 'x', amountFen: 12_345, data: { reason: '退出前退款' } }));
  await view(refund);
  assert.deepEqual(await findQuota(world.db, merchantNo), { available: 0, frozen: 12_345 });
  await say(refund, 'decide', command('return', check001, (await view(refund)).revision, { reason: '请附证明' }));
  assert.deepEqual(await findQuota(world.db, merchantNo), { available: 12_345, frozen: 0 });
  await stories.amend(refund, { reason: '退出前退款,附证明' });
  assert.deepEqual(await findQuota(world.db, merchantNo), { available: 0, frozen: 12_345 });
  await decide(refund, check001);
  assert.equal((await decide(refund, finance1))?.state, 'effective');
  await receive(-12_345);
  assert.ok((await payableOf(world.db, refund.workflowId))?.paidAt);
  await receive(12_345, { note: '退票' });
  assert.equal((await payableOf(world.db, refund.workflowId))?.paidAt, null);
  await receive(-12_345);
  await say(refused, 'withdraw', command('withdraw', clerk001, (await view(refused)).revision));
  const going = await start(request('merchantCancellation', { merchantNo, title: 'x', data: { reason: '退出' } }));
  await view(going);
  assert.equal((await findMerchant(world.db, merchantNo))?.status, 'frozen');
  assert.equal((await approve(going))?.state, 'effective');
  assert.equal((await findMerchant(world.db, merchantNo))?.status, 'cancelled');
  const late = await topUp(merchantNo, 100);
  assert.equal((await view(late)).events.at(-1)?.refusal, 'merchant_not_active');
  await keep('quota-refund', refund);
  await keep('merchant-cancellation', going);
});

test('a payment that bounces and is made again in one statement is paid once', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(77_700);
  await decide(await topUp(merchantNo, 77_700), check001, { line: { id: line, override: false } });
  const refund = await start(request('quotaRefund', { merchantNo, title: 'x', amountFen: 77_700, data: { reason: '退' } }));
  await decide(refund, check001);
  await decide(refund, finance1);
  await receive([-77_700, 77_700, -77_700], { note: '退票' });
  assert.ok((await payableOf(world.db, refund.workflowId))?.paidAt);
  assert.deepEqual(await ledgerFaults(world.db), []);
});

test('a step told again after the end has no effect any more: what was frozen is given back once', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(66_600);
  await decide(await topUp(merchantNo, 66_600), check001, { line: { id: line, override: false } });
  const refund = await start(request('quotaRefund', { merchantNo, title: 'x', amountFen: 66_600, data: { reason: '退' } }));
  const seen = await view(refund);
  // As after a crash: the end was committed, and the workflow, which has not heard of it, goes on to the effect.
  const { oweRefund, releaseRefund } = refundActivities(world.db);
  await releaseRefund({ ...seen, state: 'expired' });
  assert.deepEqual(await oweRefund({ ...seen, state: 'approved' }, Date.now()), { refusal: 'not_now' });
  assert.deepEqual(await findQuota(world.db, merchantNo), { available: 66_600, frozen: 0 });
});

test('refused, withdrawn or expired, a refund gives the quota back; it is frozen once for each submission', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(50_000);
  await decide(await topUp(merchantNo, 50_000), check001, { line: { id: line, override: false } });
  for (const [action, by] of [
    ['reject', check001],
    ['withdraw', clerk001],
  ] as const) {
    const handle = await start(request('quotaRefund', { merchantNo, title: 'x', amountFen: 30_000, data: { reason: '试' } }));
    assert.equal((await view(handle)).state, 'submitted');
    await say(handle, action === 'reject' ? 'decide' : 'withdraw', command(action, by, (await view(handle)).revision, { reason: '不退' }));
    assert.deepEqual(await findQuota(world.db, merchantNo), { available: 50_000, frozen: 0 });
    assert.ok(await hasPosted(world.db, `${handle.workflowId}/release/1`));
    await keep(`quota-refund-${action}`, handle);
  }
});

test('the books hold after all of it: debits are credits, balances are the sums of their lines, the bank says the same', async () => {
  const rows = await trialBalance(world.db);
  assert.equal(
    rows.reduce((sum, row) => sum + row.debitFen - row.creditFen, 0),
    0,
  );
  assert.deepEqual(await ledgerFaults(world.db), []);
});

test('the same money in the bank’s other layout is not new money, not even when it cancels itself', async () => {
  const [account] = await world.db.execute<{ fen: string }>(sql`select balance_fen as fen from bank_account where account_no = ${OUR_ACCOUNT}`);
  const day = shanghaiTime(Date.now()).slice(0, 10);
  const moves = [5000, -5000].map((fen, i) => ({ at: `${day} 23:5${i}:00`, fen, name: '某某个人', account: '6222020200012345670', no: `9-${i}` }));
  const file = (name: string, layout: string) => writeStatement(world.dir, name, layout, Number(account?.fen), moves);
  const import_ = (path: string) => importFile(world.db, { path, fileName: 'x.csv', accountNo: '', importedBy: 'finance1' });
  assert.equal((await import_(file('one.csv', '工行三'))).fresh, 2);
  await assert.rejects(import_(file('other.csv', '建行')), (error: { fault?: string }) => error.fault === 'twice');
  const [lines] = await world.db.execute<{ n: number }>(sql`select count(*)::int as n from bank_line where amount_fen = 5000 and booked_at like '23:5%'`);
  assert.equal(lines?.n, 2);
});

test('the role that the processes sign in as cannot become another one', async () => {
  await world.asOwner("alter role zhangfang_app login password 'of this test'");
  const url = new URL(world.databaseUrl);
  url.username = 'zhangfang_app';
  url.password = 'of this test';
  const app = openDb(url.href, 1);
  await app.execute(sql.raw('reset role'));
  for (const statement of ['set role zhangfang', 'update ledger_account set balance_fen = 1', 'alter table audit_log add x text', 'drop table journal_line'])
    await assert.rejects(app.execute(sql.raw(statement)), (error: { cause?: { code?: string } }) => error.cause?.code === '42501', statement);
  await closeDb(app);
});

test('the application can change no entry, no line and no balance; the ledger finds it when somebody else did', async () => {
  for (const statement of [
    'update journal_line set debit_fen = 1',
    'delete from journal_entry',
    'update ledger_account set balance_fen = 1',
    "insert into journal_entry (command_no, content, event, cause, business_date) values ('x', 'x', 'x', 'x', '20260101')",
    'delete from audit_log',
    'update audit_log set actor_code = null',
  ])
    await assert.rejects(world.db.execute(sql.raw(statement)), (error: { cause?: { code?: string } }) => error.cause?.code === '42501', statement);
  await assert.rejects(world.asOwner('update journal_line set debit_fen = 1'), { code: 'ZL007' });
  await world.asOwner(`update ledger_account set balance_fen = balance_fen + 1 where id = (select min(id) from ledger_account where code = '2241.10')`);
  assert.match((await ledgerFaults(world.db)).join(), /balance/);
  await world.asOwner(`update ledger_account set balance_fen = balance_fen - 1 where id = (select min(id) from ledger_account where code = '2241.10')`);
});
