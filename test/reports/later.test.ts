// What is done on the day after a settlement: the settled day's reports stay word for word, and the new day tells it with its signs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { settleDay } from '../../db/day-end.ts';
import { closeDay } from '../../db/ledger.ts';
import { typedDay } from '../../workflows/rules/calendar-day.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { check001, command, finance1, leader01, m1, request } from '../cast.ts';
import { onlineStories } from '../online.ts';
import { type Person, signInAt } from '../web/site.ts';
import { download, records, sumsOf } from './book.ts';

let finance: Person;
const here = onlineStories({
  ready: async () => {
    finance = await signInAt(here.site.base, 'finance1');
  },
});
const { start, view, say, openShop, topUp, giveBack, amend } = here;

const DAY_MS = 86_400_000;
const [yesterday, today] = [businessDate(Date.now() - DAY_MS), businessDate(Date.now())];
const day = typedDay(yesterday);
const M2 = '898210154110002';
const onDay = (of: string) => ({ period: 'range', from: of, until: of });
const exports = [
  ['top-up-details', {}],
  ['top-up-details', { basis: 'submitted' }],
  ['purchase-details', {}],
  ['top-up-summary', {}],
  ['daily-totals', {}],
  ['daily-top-ups', {}],
] as const;
/** Every line of every report of the day, but for when it was made. */
async function contents(): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const [name, more] of exports) {
    const { sheets } = await download(finance, name, { ...onDay(day), ...more });
    // A merged cell is read once for each column that it covers.
    const lines = sheets.flatMap(({ rows }) => rows.map((row) => [...new Set(row.map(String))].join('|')));
    all[`${name} ${JSON.stringify(more)}`] = lines.map((line) => line.replace(/导出时间: [\d: -]+/, ''));
  }
  return all;
}
const undo = async (merchantNo: string, fen: number) => {
  const [top] = await here.world.db.execute<{ no: string }>(
    sql`select request_no as no from request where kind = 'topUp' and merchant_no = ${merchantNo} and state = 'effective' order by 1 limit 1`,
  );
  const handle = await start(request('topUpVoid', { merchantNo, title: '撤销', amountFen: fen, data: { topUpNo: top?.no ?? '', reason: '重复入账' } }));
  for (const by of [finance1, leader01]) await say(handle, 'decide', command('approve', by, (await view(handle)).revision));
  assert.equal((await view(handle)).state, 'effective');
};
const pending = async (merchant = '') =>
  Number(/待审核充值申请 (\d+) 笔/.exec((await finance.get(`/reports/daily-totals?period=today&merchant=${merchant}`)).html)?.[1]);

/** Everything that was done so far was done yesterday. */
const asYesterday = () =>
  here.world.asOwner(`set session_replication_role = replica;
    update journal_entry set business_date = '${yesterday}', at = at - interval '1 day' where business_date = '${today}';
    update terminal_txn set business_date = '${yesterday}', at = at - interval '1 day' where business_date = '${today}';
    update request_event set at = at - interval '1 day'; update request set submitted_at = submitted_at - interval '1 day'; update merchant_version set effective_at = effective_at - interval '1 day'`);

test('decided, amended, reversed and voided a day later: the settled day stays word for word, the next tells it, below nothing too', async () => {
  const { terminals } = await openShop(100_000);
  await openShop(50_000, 1, { merchantNo: M2, merchantName: '北京乙百货', uscc: '', settlementAccountNo: '6222020409200654321' });
  const [t1] = terminals;
  assert.ok(t1);
  await t1.purchase(5000);
  assert.equal((await t1.void({ traceNo: t1.memory.traceNo }, 5000)).code, '00');
  const voided = t1.memory.traceNo;
  await t1.purchase(3000);
  assert.equal((await t1.refund({ traceNo: t1.memory.traceNo, batchNo: 1 }, 1000)).code, '00');
  const refunded = t1.memory.traceNo;
  const waits = await topUp(m1.merchantNo, 12_300);
  await view(waits);
  const back = await topUp(m1.merchantNo, 45_600);
  await giveBack(back, (await view(back)).revision);
  assert.equal(await pending(), 1, 'one waits, one is with its maker');
  await asYesterday();
  await here.world.db.transaction((tx) => closeDay(tx, yesterday));
  assert.deepEqual(await settleDay(here.world.db, yesterday), []);
  const closed = await contents();
  assert.match(closed['purchase-details {}']?.join() ?? '', /已撤销[\s\S]*已退货/);
  assert.deepEqual([(await t1.reverse(voided)).code, (await t1.reverse(refunded)).code], ['00', '00']);
  await amend(back, { amount: '400.00' });
  const { revision } = await view(waits);
  assert.deepEqual([await pending(), await pending(M2)], [2, 0], 'handed in again it waits, and of another merchant none does');
  assert.equal((await say(waits, 'decide', command('reject', check001, revision, { reason: '不符' })))?.state, 'rejected');
  await undo(M2, 50_000);
  // A save writes the whole row: the time of the submission is what the workflow knows.
  await here.world.asOwner(
    `update request set submitted_at = submitted_at - interval '1 day' where request_no in ('${waits.workflowId}', '${back.workflowId}')`,
  );
  assert.deepEqual(await contents(), closed);
  for (const name of ['top-up-details', 'daily-top-ups']) {
    const file = await download(finance, name, { period: 'today' });
    assert.ok(
      file.sheets[0]?.rows.some(([cell]) => cell === '到账金额合计(大写):人民币负伍佰元整'),
      name,
    );
    assert.match((await finance.get(`/reports/${name}?period=today`)).html, /人民币负伍佰元整/);
  }
});

test('a void that the quota does not cover: the day’s 充值 is what its rows come to, 短款 is an adjustment, and the check holds', async () => {
  const merchantNo = '898210154110003';
  const { terminals } = await openShop(100_000, 1, { merchantNo, merchantName: '北京丙百货', uscc: '', settlementAccountNo: '6222020409200654322' });
  const before = sumsOf(await download(finance, 'daily-totals', { period: 'today', merchant: merchantNo }));
  assert.equal(before['充值'], 1000);
  assert.equal((await terminals[0]?.purchase(40_000))?.code, '00');
  await undo(merchantNo, 100_000);
  const period = { period: 'today', merchant: merchantNo };
  const totals = records(await download(finance, 'daily-totals', period))[0];
  const details = sumsOf(await download(finance, 'top-up-details', period));
  assert.deepEqual([totals?.['充值'], details['到账金额'], totals?.['调整'], totals?.['期末余额']], [0, 0, 400, 0]);
  assert.match((await finance.get(`/reports/daily-totals?period=today&merchant=${merchantNo}`)).html, /平衡/);
  // Over two days a balance counts once: as it was on the first, and as it is on the last.
  const range = { period: 'range', from: day, until: typedDay(today) };
  const [totalsOf, summaryOf] = [sumsOf(await download(finance, 'daily-totals', range)), sumsOf(await download(finance, 'top-up-summary', range))];
  assert.deepEqual([totalsOf['期初余额'], totalsOf['期末余额']], [summaryOf['期初额度'], summaryOf['期末额度']]);
  const page = (await finance.get(`/reports/daily-totals?${new URLSearchParams(range)}`)).html;
  assert.match(page, new RegExp(`<tfoot>[\\s\\S]*<b>${Number(totalsOf['期末余额']).toFixed(2)}</b>`));
  assert.match(page, /平衡/);
});

test('the whole number of a merchant means that merchant, whatever others are called', async () => {
  await openShop(0, 1, { merchantNo: '898210154110000', merchantName: `原${M2}门店`, uscc: '', settlementAccountNo: '6222020409200654323' });
  assert.match((await finance.get(`/reports/daily-totals?period=today&merchant=${M2}`)).html, new RegExp(`value="${M2} 北京乙百货"`));
});
