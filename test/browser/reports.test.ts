// The manual's rows 17 to 21 as people walk them: choose, look, go down to a request, sort, take the file away, put it on paper; and the desk's charts. Every page is read by axe.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { businessDate } from '../../workflows/rules/time.ts';
import { onlineOf } from '../online.ts';
import { readBook, records, sumsOf } from '../reports/book.ts';
import { manyTransactions } from '../reports/many.ts';
import { openSite, type Site } from '../web/site.ts';
import { openWorld, type World } from '../world.ts';
import { openBrowser } from './chromium.ts';
import { enter, readByAxe } from './steps.ts';

let world: World;
let site: Site;
let browser: Browser;
let page: Page;
const troubles: string[] = [];
const { openShop } = onlineOf(
  () => world,
  () => site.base,
);
before(async () => {
  world = await openWorld();
  await world.work();
  await world.workExports();
  site = await openSite(world, { DATA_DIR: world.dir });
  browser = await openBrowser();
  const shop = await openShop(100_000, 1, { merchantName: '北京甲百货有限公司' });
  const [t1] = shop.terminals;
  for (let n = 1; n <= 60; n++) await t1?.purchase(100 + n);
  await t1?.void({ traceNo: t1.memory.traceNo }, 160);
  page = await enter(browser, site.base, 'finance1', troubles);
});
after(async () => {
  await browser.close();
  await site.close();
  await world.close();
});

const look = async (name: string) => {
  await readByAxe(page, name);
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than ${width}`);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}.png` });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
};
const menu = (title: string) => page.click(`nav.side a:has-text("${title}")`);
/** 导出EXCEL文件, as the browser keeps it. */
const take = async () => {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("导出EXCEL文件")')]);
  return { name: file.suggestedFilename(), book: await readBook(readFileSync(await file.path())) };
};

test('row 17, 商户充值明细报表: from the menu, by initials with the keyboard, down to the request, and the file', async () => {
  await menu('商户充值明细报表');
  await page.fill('.bar [name=merchant]', 'bjjbh');
  await page.waitForSelector('#merchants button');
  await look('top-up-details-picks');
  await page.focus('.bar [name=merchant]');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await page.inputValue('.bar [name=merchant]'), '898210154110001 北京甲百货有限公司');
  await page.selectOption('.bar [name=period]', 'month');
  await page.click('button:has-text("查询")');
  await page.waitForSelector('tfoot');
  assert.match((await page.textContent('.remark:has-text("大写")')) ?? '', /人民币壹仟元整/);
  await look('top-up-details');
  const { name, book } = await take();
  assert.match(name, /^商户充值明细报表_898210154110001_\d{8}-\d{8}_\d{14}\.xlsx$/);
  assert.equal(sumsOf(book)['到账金额'], 1000);
  await page.click('td a[href^="/requests/"]');
  await page.waitForURL(/requests\/TU/);
});

test('row 18, 商户消费日明细报表: pages of fifty, sorted by amount, down to the transaction', async () => {
  await menu('商户消费日明细报表');
  assert.match((await page.textContent('.remark:has-text("消费")')) ?? '', /消费:60 笔,.*撤销:1 笔,-1\.60 元/);
  assert.equal(await page.locator('tbody tr').count(), 50);
  await page.click('a[rel=next]');
  await page.waitForURL(/after=/);
  assert.deepEqual([await page.locator('tbody tr').count(), await page.textContent('tbody tr td')], [11, '51']);
  await page.click('thead a:has-text("交易金额")');
  await page.waitForURL(/sort=amountFen/);
  assert.match((await page.textContent('tbody tr')) ?? '', /-1\.60/);
  await look('purchase-details');
  const { book } = await take();
  assert.equal(records(book).length, 61);
  await page.click('td a[href^="/transactions/"]');
  await page.waitForURL(/transactions\/\d+/);
});

test('rows 19 to 21: 额度申请汇总, 交易日合计 with its check, 充值日明细 with sums for each merchant; all in English too', async () => {
  await menu('商户额度申请汇总报表');
  await page.waitForSelector('tfoot');
  await look('top-up-summary');
  assert.equal(sumsOf((await take()).book)['通过金额'], 1000);
  await menu('商户交易日合计报表');
  await page.waitForSelector('.remark.good');
  await look('daily-totals');
  assert.equal(sumsOf((await take()).book)['消费笔数'], 60);
  await menu('商户充值日明细报表');
  await page.waitForSelector('tr.sums:has-text("小计")');
  await look('daily-top-ups');
  assert.equal((await take()).book.sheets[0]?.rows.filter((row) => row[0] === '小计').length, 1);
  for (const title of ['商户额度余额报表', '申请时效报表', '审核工作量报表']) {
    await menu(title);
    await page.waitForSelector(`h1:has-text("${title}")`);
    await look(title);
  }
  await page.click('nav.side a:has-text("商户额度余额报表")');
  await page.click('td a[href^="/merchants/"]');
  await page.click('a:has-text("商户额度变动明细表")');
  await page.waitForSelector('tfoot');
  await look('quota-entries');
  assert.deepEqual(
    records((await take()).book).map((row) => [row['变动'], row['额度增减']]),
    [['充值入账', 1000]],
  );
  await menu('审核工作量报表');
  await page.click('button:has-text("EN")');
  await page.waitForSelector('h1:has-text("Reviewer workload")');
  await look('workload-en');
  await page.click('button:has-text("中文")');
});

test('bad days are said beside their field and stay; a day typed means these days', async () => {
  await page.goto(`${site.base}/reports/daily-totals`);
  await page.fill('.bar [name=from]', '2026-03-05');
  assert.equal(await page.inputValue('.bar [name=period]'), 'range');
  await page.fill('.bar [name=until]', '2026-03-01');
  await page.click('button:has-text("查询")');
  await page.waitForSelector('#fault-until:has-text("早于")');
  assert.equal(await page.inputValue('.bar [name=from]'), '2026-03-05');
  await look('daily-totals-faults');
});

test('on paper: A4 across, one page wide, its head on every page, lines for signatures', async () => {
  await page.goto(`${site.base}/reports/purchase-details/print?period=today`);
  await readByAxe(page, 'paper');
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const boxes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, w, h]) => [Math.round(Number(w)), Math.round(Number(h))]);
  assert.ok(boxes.length >= 2, 'sixty rows are more than a page');
  for (const box of boxes) assert.deepEqual(box, [842, 595]);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.evaluate(() => document.querySelector('table')!.getBoundingClientRect().width <= (277 / 25.4) * 96 + 1), 'no wider than the paper');
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('thead')!).display), 'table-header-group');
  assert.equal(await page.isVisible('.no-print'), false);
  assert.match((await page.textContent('.note-line >> nth=-1')) ?? '', /制表人:周财务.*复核人:.*主管:/);
  await page.emulateMedia({ media: 'screen' });
});

test('a long export: its progress, then its file; the charts of the desk with their tables', async () => {
  await manyTransactions(world.db, { n: 21_000, merchantNo: '898210154110001', day: businessDate(Date.now()) });
  await page.goto(`${site.base}/reports/purchase-details?period=today`);
  await page.click('button:has-text("导出EXCEL文件")');
  await page.waitForURL(/exports\?begun=/);
  await page.waitForSelector('a:has-text("下载")', { timeout: 30_000 });
  await look('exports');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("下载")')]);
  assert.equal(records(await readBook(readFileSync(await file.path()))).length, 21_061);
  await page.goto(`${site.base}/`);
  assert.equal(await page.locator('.charts svg[role=img]').count(), 3);
  await page.click('.charts summary >> nth=0');
  assert.match((await page.textContent('.charts details >> nth=0')) ?? '', /1,000\.00/);
  await look('desk');
  assert.deepEqual(troubles, []);
});
