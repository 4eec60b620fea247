// 交易查询 and 风险预警 as people walk them; every page is read by axe in both themes and fits a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '@temporalio/client';
import type { Browser, Page } from 'playwright-core';
import { lookForAlerts } from '../../activities/alerts.ts';
import { dataConverter } from '../../stack/codec.ts';
import { onlineOf, type Shop } from '../online.ts';
import { openSite, type Site } from '../web/site.ts';
import { openWorld, PAYLOAD_KEYS, type World } from '../world.ts';
import { openBrowser } from './chromium.ts';
import { enter, readByAxe } from './steps.ts';

let world: World;
let site: Site;
let browser: Browser;
let shop: Shop;
const troubles: string[] = [];
const { openShop } = onlineOf(
  () => world,
  () => site.base,
);

before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world);
  browser = await openBrowser();
  shop = await openShop(5_000_000, 2, { feeRate: '0.38', merchantName: '沈阳和泰商贸有限公司' });
  const [t1, t2] = shop.terminals;
  assert.ok(t1 && t2);
  for (const fen of [128_00, 100_000, 100_000, 100_000, 100_000]) await t1.purchase(fen, { cardNo: '6222020200012345670' });
  const { traceNo } = t1.memory;
  await t1.refund({ traceNo }, 30_000);
  await t2.purchase(45_050);
  await t2.void({ traceNo: t2.memory.traceNo }, 45_050);
  await t2.purchase(9_999_999);
  await t2.purchase(8_880);
  await t2.reverse(t2.memory.traceNo);
  await t1.settle({ debitCount: 1, debitFen: 1, creditCount: 0, creditFen: 0 });
  const client = new Client({ connection: world.client.connection, namespace: world.namespace, dataConverter: dataConverter(PAYLOAD_KEYS) });
  await lookForAlerts(world.db, client, 'backoffice');
});
after(async () => {
  await browser.close();
  await site.close();
  await world.close();
});

const sizes = [
  [1440, 900],
  [1024, 768],
  [390, 844],
] as const;
const look = async (page: Page, name: string) => {
  await readByAxe(page, name);
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    assert.equal(wide, false, `${name} is wider than ${width}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
};

test('交易查询: finance1 finds a declined purchase, then a refund and the purchase it belongs to, with its entry', async () => {
  const page = await enter(browser, site.base, 'finance1', troubles);
  await page.click('nav.side a:has-text("交易查询")');
  await page.waitForSelector('h1:has-text("交易查询")');
  await look(page, 'transactions');
  await page.selectOption('[name=code]', 'declined');
  await page.click('.bar .btn');
  await page.waitForSelector('tbody tr');
  assert.equal(await page.locator('tbody tr').count(), 1);
  assert.match(await page.locator('tbody tr').innerText(), /51 可用额度不足/);
  await page.goto(`${site.base}/transactions?type=refund`);
  await page.click('tbody tr a >> nth=0');
  await page.waitForSelector('h2:has-text("报文记录")');
  await look(page, 'refund');
  await page.click('section:has(h2:has-text("关联交易")) a >> nth=0');
  await page.waitForSelector('h1:has-text("消费")');
  assert.match(await page.locator('article').innerText(), /622202\*{6}5670[\s\S]*已退货金额[\s\S]*300\.00/);
  await look(page, 'transaction');
  await page.goto(`${site.base}/merchants/${shop.merchantNo}/day`);
  await look(page, 'merchant-day');
  await page.goto(`${site.base}/terminals`);
  await look(page, 'terminals');
  await page.click('tbody tr a >> nth=0');
  await look(page, 'terminal');
  await page.goto(`${site.base}/ledger`);
  await look(page, 'ledger');
});

test('风险预警: check001 takes a case, asks for the voucher and closes it, by keyboard alone', async () => {
  const page = await enter(browser, site.base, 'check001', troubles);
  await page.click('nav.side a:has-text("风险预警")');
  await page.waitForSelector('h1:has-text("风险预警")');
  await look(page, 'alerts');
  await page.click('tbody tr:has-text("短时频繁大额") a >> nth=0');
  await page.waitForSelector('button[value=take]');
  await look(page, 'alert');
  await page.focus('button[value=take]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('textarea[name=text]');
  await page.focus('textarea[name=text]');
  await page.keyboard.type('请提供四笔交易的签购单');
  await page.focus('button[value=requestVoucher]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.happened:has-text("调单")');
  await page.fill('textarea[name=text]', '签购单核实无误');
  await page.focus('button[value=close]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.tag:has-text("已处理")');
  await look(page, 'alert-closed');
});

test('nothing went wrong in any page', () => assert.deepEqual(troubles, []));
