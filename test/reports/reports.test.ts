// Scenario 25: the five reports of a day. Totals are the ledger's, the identity holds, texts stay texts, a closed day stays what it was, and who may not see them does not.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { settleDay } from '../../db/day-end.ts';
import { closeDay } from '../../db/ledger.ts';
import type { TerminalClient } from '../../stack/terminal-client.ts';
import { typedDay } from '../../workflows/rules/calendar-day.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { check001, command, finance1, leader01, m1, request } from '../cast.ts';
import { onlineStories } from '../online.ts';
import { type Person, signInAt } from '../web/site.ts';
import { type Book, download, records, sumsOf } from './book.ts';

let finance: Person;
const here = onlineStories({
  ready: async () => {
    await here.world.asOwner(`update policy set value = 'on' where key = 'refund.returnsFee'`);
    finance = await signInAt(here.site.base, 'finance1');
  },
  over: () => {
    mock.restoreAll();
    return booksHold();
  },
});
const { start, view, say, openShop, booksHold } = here;
let shops: TerminalClient[] = [];
const today = businessDate(Date.now());
const day = typedDay(today);
const asked = { period: 'range', from: day, until: day };
const M2 = '898210154110002';

const five = ['top-up-details', 'purchase-details', 'top-up-summary', 'daily-totals', 'daily-top-ups'] as const;
/** Sum of lines of the quota accounts on the day, yuan. */
const ledger = async (where: string, side: string) => {
  const [row] = await here.world.db.execute<{ fen: string }>(
    sql.raw(
      `select coalesce(sum(${side}), 0) as fen from journal_entry e join journal_line l on l.entry_id = e.id join ledger_account a on a.id = l.account_id where e.business_date = '${today}' and ${where}`,
    ),
  );
  return Number(row?.fen) / 100;
};
const undo = async (topUpNo: string, merchantNo: string, fen: number) => {
  const handle = await start(request('topUpVoid', { merchantNo, title: '撤销', amountFen: fen, data: { topUpNo, reason: '重复入账' } }));
  for (const by of [finance1, leader01]) await say(handle, 'decide', command('approve', by, (await view(handle)).revision));
  assert.equal((await view(handle)).state, 'effective');
};

test('nothing found is said, on the page and instead of a file; bad input is said beside its field', async () => {
  for (const name of five) assert.match((await finance.get(`/reports/${name}?period=today`)).html, /没有找到符合条件的记录/, name);
  await finance.get('/reports/daily-totals');
  const none = await finance.post('/reports/daily-totals/export', { period: 'today' });
  assert.deepEqual([none.status, none.location], [303, '/reports/daily-totals?period=today']);
  const bad = await finance.get('/reports/daily-totals?period=range&from=2026-02-30&until=2026-01-01&merchant=没有这家');
  assert.equal(bad.status, 422);
  assert.match(bad.html, /日期不正确/);
  assert.match(bad.html, /没有找到该商户/);
  assert.match(bad.html, /value="没有这家"/);
});

test('the five exports of a day: every total is the ledger’s, the identity holds for every merchant, texts stay texts', async () => {
  const first = await openShop(100_000, 1, { merchantName: '=SUM(A1)商店', feeRate: '0.38' });
  const second = await openShop(50_000, 1, { merchantNo: M2, merchantName: '北京甲百货', uscc: '', settlementAccountNo: '6222020409200654321' });
  shops = first.terminals;
  const [t1] = shops;
  assert.ok(t1);
  await t1.purchase(10_000);
  await t1.purchase(5000);
  await t1.void({ traceNo: t1.memory.traceNo }, 5000);
  await t1.purchase(3000);
  await t1.refund({ traceNo: t1.memory.traceNo, batchNo: 1 }, 1000);
  await t1.purchase(2000);
  await t1.reverse(t1.memory.traceNo);
  assert.equal((await t1.purchase(99_999_999)).code, '51');
  assert.equal((await second.terminals[0]?.purchase(777))?.code, '00');

  const details = await download(finance, 'top-up-details', asked);
  assert.equal(records(details).length, 2);
  assert.equal(sumsOf(details)['到账金额'], await ledger(`a.code = '2241.20' and e.event in ('topUp', 'topUpVoid')`, 'l.debit_fen - l.credit_fen'));
  assert.ok(details.sheets[0]?.rows.some((row) => row[0] === '到账金额合计(大写):人民币壹仟伍佰元整'));
  const purchases = await download(finance, 'purchase-details', { ...asked, merchant: first.merchantNo });
  assert.deepEqual(
    records(purchases).map((row) => [row['交易类型'], row['交易金额'], row['标志']]),
    [
      ['消费', 100, null],
      ['消费', 50, '已撤销'],
      ['撤销', -50, null],
      ['消费', 30, '已退货'],
      ['退货', -10, null],
      ['消费', 20, '已冲正'],
      ['冲正', -20, null],
    ],
  );
  assert.equal(sumsOf(purchases)['交易金额'], 120);
  assert.deepEqual(
    records(purchases, 1).map((row) => [row['交易金额'], row['应答码']]),
    [[999_999.99, '51']],
  );
  const all = await download(finance, 'purchase-details', asked);
  assert.equal(sumsOf(all)['交易金额'], await ledger(`a.code = '2202.01'`, 'l.credit_fen - l.debit_fen'));
  assert.equal(sumsOf(all)['手续费'], await ledger(`a.code = '6001.01'`, 'l.credit_fen - l.debit_fen'));
  const totals = await download(finance, 'daily-totals', asked);
  for (const row of records(totals)) {
    const [opening, topped, net, fee, refunded, adjusted, closing] = ['期初余额', '充值', '净额', '手续费', '退款', '调整', '期末余额'].map((name) =>
      Math.round(Number(row[name]) * 100),
    ) as [number, number, number, number, number, number, number];
    assert.equal(opening + topped - net - fee - refunded + adjusted, closing, String(row['商户编号']));
  }
  assert.equal(sumsOf(totals)['期末余额'], await ledger(`a.code in ('2241.10', '2241.11') and a.owner <> ''`, 'l.credit_fen - l.debit_fen'));
  assert.ok(totals.sheets[0]?.rows.some((row) => String(row[0]).endsWith('平衡')));
  const summary = await download(finance, 'top-up-summary', asked);
  assert.deepEqual([sumsOf(summary)['申请笔数'], sumsOf(summary)['通过金额'], sumsOf(summary)['期末额度']], [2, 1500, sumsOf(totals)['期末余额']]);
  const daily = await download(finance, 'daily-top-ups', { period: 'range', from: day });
  assert.equal(daily.sheets[0]?.rows.filter((row) => row[0] === '小计').length, 2);
  assert.equal(sumsOf(daily)['到账金额'], sumsOf(details)['到账金额']);
});

test('the file: texts stay texts, amounts are numbers, its name, its print set-up', async () => {
  const details = await download(finance, 'top-up-details', asked);
  const totals = await download(finance, 'daily-totals', asked);
  const purchases = await download(finance, 'purchase-details', { ...asked, merchant: m1.merchantNo });
  const [row] = records(totals);
  assert.deepEqual([row?.['商户编号'], row?.['商户名称']], ['898210154110001', '=SUM(A1)商店']);
  const cell = (book: Book, name: string) => {
    const head = book.sheet.getRow(4).values as string[];
    return book.sheet.getRow(5).getCell(head.indexOf(name));
  };
  assert.deepEqual(
    [cell(totals, '商户名称').type, cell(totals, '商户编号').type, cell(totals, '消费金额').type],
    [3, 3, 2].map((n) => n),
    'texts and a number',
  );
  assert.equal(cell(totals, '商户名称').numFmt, '@');
  assert.match(String(cell(totals, '消费金额').numFmt), /^#,##0\.00/);
  assert.ok(cell(details, '申请时间').value instanceof Date);
  assert.match(details.fileName, new RegExp(`^商户充值明细报表_全部商户_${today}-${today}_\\d{14}\\.xlsx$`));
  assert.match(purchases.fileName, /^商户消费日明细报表_898210154110001_/);
  const { pageSetup, headerFooter, views } = details.sheet;
  assert.deepEqual(
    [pageSetup.orientation, pageSetup.paperSize, pageSetup.fitToWidth, pageSetup.printTitlesRow, headerFooter.oddFooter, views[0]?.state],
    ['landscape', 9, 1, '4:4', '&C第 &P 页 共 &N 页', 'frozen'],
  );
});

test('the page: totals, the check, sorting, ways down to request and transaction, search by initials', async () => {
  const { html } = await finance.get(`/reports/daily-totals?period=today&sort=netFen&dir=desc`);
  assert.match(html, /核对:.*平衡/);
  assert.match(html, new RegExp(`href="/reports/purchase-details\\?merchant=898210154110001&amp;period=range&amp;from=${day}&amp;until=${day}"`));
  assert.ok(html.indexOf('=SUM(A1)商店') < html.indexOf('北京甲百货'));
  const other = await finance.get(`/reports/daily-totals?period=today&sort=netFen&dir=asc`);
  assert.ok(other.html.indexOf('=SUM(A1)商店') > other.html.indexOf('北京甲百货'));
  assert.match((await finance.get('/report-merchants?merchant=bjjbh')).html, /data-picked="898210154110002 北京甲百货"/);
  const one = await finance.get('/reports/purchase-details?period=today&merchant=bjjbh');
  assert.match(one.html, /href="\/transactions\/\d+"/);
  assert.match(one.html, /value="898210154110002 北京甲百货"/);
  assert.match((await finance.get('/reports/top-up-details?period=today')).html, /href="\/requests\/TU\d+"/);
  // What was asked for and what became of it open the same requests, by the day of their submission.
  const summary = (await finance.get('/reports/top-up-summary?period=today')).html;
  const submitted = [...summary.matchAll(/<td class="num"><a class="" href="(\/reports\/top-up-details\?[^"]*basis=submitted)">([^<]*)</g)];
  assert.ok(submitted.length >= 4, 'asked and approved, count and amount');
  const rows = (await finance.get((submitted[0]?.[1] ?? '').replaceAll('&amp;', '&'))).html.match(/href="\/requests\/TU/g) ?? [];
  assert.equal(rows.length, Number(submitted[0]?.[2]));
  const paper = await finance.get('/reports/daily-totals/print?period=today');
  assert.match(paper.html, /制表人:周财务/);
});

test('a void of a top-up stands beside it with its sign turned, spent or not, and the books agree', async () => {
  const [top] = await here.world.db.execute<{ no: string }>(sql`select request_no as no from request where kind = 'topUp' and merchant_no = ${M2}`);
  assert.ok(top);
  await undo(top.no, M2, 50_000);
  const details = await download(finance, 'top-up-details', asked);
  assert.deepEqual(
    records(details).map((row) => [row['到账金额'], row['状态']]),
    [
      [1000, '已生效'],
      [500, '已生效'],
      [-500, '充值撤销'],
    ],
  );
  assert.equal(sumsOf(details)['到账金额'], await ledger(`a.code = '2241.20' and e.event in ('topUp', 'topUpVoid')`, 'l.debit_fen - l.credit_fen'));
  assert.ok((await download(finance, 'daily-totals', asked)).sheets[0]?.rows.some((row) => String(row[0]).endsWith('平衡')));
});

test('退款 and 调整 of the totals open what no terminal did to the quota, which opens its requests', async () => {
  const refund = await start(request('quotaRefund', { merchantNo: m1.merchantNo, title: '退款', amountFen: 12_345, data: { reason: '部分退款' } }));
  for (const by of [check001, finance1]) await say(refund, 'decide', command('approve', by, (await view(refund)).revision));
  assert.equal((await view(refund)).state, 'effective');
  const path = `/reports/quota-entries?merchant=${m1.merchantNo}&period=range&from=${day}&until=${day}`;
  assert.ok((await finance.get('/reports/daily-totals?period=today')).html.includes(`href="${path.replaceAll('&', '&amp;')}">123.45<`));
  assert.ok((await finance.get(path)).html.includes(`href="/requests/${refund.workflowId}"`));
  const entries = await download(finance, 'quota-entries', asked);
  assert.deepEqual(
    records(entries).map((row) => [row['变动'], row['可用增减'], row['冻结增减'], row['额度增减']]),
    [
      ['充值入账', 1000, 0, 1000],
      ['充值入账', 500, 0, 500],
      ['充值撤销', -492.23, 0, -492.23],
      ['退款冻结', -123.45, 123.45, 0],
      ['退款', 0, -123.45, -123.45],
    ],
  );
  const { 充值: topped, 退款: refunded, 调整: adjusted } = sumsOf(await download(finance, 'daily-totals', asked));
  assert.equal(Math.round(Number(sumsOf(entries)['额度增减']) * 100), Math.round((Number(topped) - Number(refunded) + Number(adjusted)) * 100));
});

test('a closed day exports the same after a refund and a void of the day after, which appear on their own day', async () => {
  const contents = async () => {
    const books = await Promise.all(five.map((name) => download(finance, name, asked)));
    return books.map((book) => book.sheets.map(({ name, rows }) => [name, rows.map((row) => row.filter((cell) => !String(cell).startsWith('导出时间')))]));
  };
  const made = (books: Book) => String(books.sheets[0]?.rows[2]?.[0]);
  // As the day ends.
  await here.world.db.transaction((tx) => closeDay(tx, today));
  assert.deepEqual(await settleDay(here.world.db, today), []);
  const closed = await contents();
  const told = /数据截止时间: (\S+ \S+)/.exec(made(await download(finance, 'daily-totals', asked)))?.[1];
  const real = Date.now;
  mock.method(Date, 'now', () => real() + 86_400_000);
  const [t1] = shops;
  assert.ok(t1);
  assert.equal((await t1.purchase(4000)).code, '00');
  assert.equal((await t1.void({ traceNo: t1.memory.traceNo }, 4000)).code, '00');
  const [bought] = await here.world.db.execute<{ trace: number }>(
    sql`select min(trace_no)::int as trace from terminal_txn where merchant_no = ${m1.merchantNo} and type = 'purchase' and amount_fen = 10000`,
  );
  assert.equal((await t1.refund({ traceNo: bought?.trace ?? 0, batchNo: 1 }, 6000)).code, '00');
  mock.restoreAll();
  assert.deepEqual(await contents(), closed);
  const later = made(await download(finance, 'daily-totals', asked));
  assert.equal(/数据截止时间: (\S+ \S+)/.exec(later)?.[1], told, 'the figures of a closed day reach to its settlement');
  const tomorrow = typedDay(businessDate(Date.now() + 86_400_000));
  const next = await download(finance, 'purchase-details', { period: 'range', from: tomorrow, until: tomorrow });
  assert.deepEqual(
    records(next).map((row) => [row['交易类型'], row['交易金额']]),
    [
      ['消费', 40],
      ['撤销', -40],
      ['退货', -60],
    ],
  );
  const range = await download(finance, 'daily-totals', { period: 'range', from: day, until: tomorrow });
  assert.deepEqual(
    records(range).map((row) => [row['商户编号'], row['净额']]),
    [
      ['898210154110001', 120],
      ['898210154110002', 7.77],
      ['898210154110001', -60],
    ],
  );
  assert.ok(range.sheets[0]?.rows.some((row) => String(row[0]).endsWith('平衡')));
});

test('who has no right gets neither menu, nor page, nor file', async () => {
  const clerk = await signInAt(here.site.base, 'clerk001');
  assert.doesNotMatch((await clerk.get('/')).html, /\/reports\//);
  for (const name of five) {
    assert.equal((await clerk.get(`/reports/${name}`)).status, 403);
    assert.equal((await clerk.post(`/reports/${name}/export`, asked)).status, 403);
    assert.equal((await clerk.get(`/reports/${name}/print`)).status, 403);
  }
  assert.equal((await (await signInAt(here.site.base, 'admin001')).get('/report-merchants?merchant=8')).status, 403);
});
