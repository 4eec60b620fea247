// The manual's rows 10 to 16 as people walk them, under the manual's own button names; every page is read by axe in both themes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findQuota } from '../../db/ledger.ts';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { findMerchant } from '../../db/merchants.ts';
import { findTerminal, terminals } from '../../db/terminals.ts';
import { merchantPayer, moneyOf } from '../money.ts';
import { ago, writeStatement } from '../statements.ts';
import { storiesOf } from '../stories.ts';
import { openSite, type Site } from '../web/site.ts';
import { openWorld, type World } from '../world.ts';
import { openBrowser } from './chromium.ts';
import { enter, readByAxe } from './steps.ts';

let world: World;
let site: Site;
let browser: Browser;
let merchantNo = '';
const troubles: string[] = [];
const people: Record<string, Page> = {};
const stories = storiesOf(() => world);
const { openMerchant } = moneyOf(() => world, stories);

before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world);
  browser = await openBrowser();
  merchantNo = await openMerchant();
  for (const code of ['clerk001', 'check001', 'finance1', 'leader01', 'admin001']) people[code] = await enter(browser, site.base, code, troubles);
});
after(async () => {
  await browser.close();
  await site.close();
  await world.close();
});

const as = (code: string): Page => {
  const page = people[code];
  if (!page) throw new Error(`nobody is ${code}`);
  return page;
};
const go = async (code: string, path: string) => {
  await as(code).goto(`${site.base}${path}`);
  return as(code);
};
/** Looks at a page with axe, and keeps a picture where one is asked for. */
const look = async (page: Page, name: string) => {
  await readByAxe(page, name);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
};
/** 新增 → the row of this subject → the button of this kind; answers the number. */
const begin = async (code: string, base: string, subject: string, button: string): Promise<string> => {
  const page = await go(code, `/${base}`);
  await page.click('.head .btn.primary');
  await page.fill('.bar [name=q]', subject);
  await page.click('.bar .btn');
  await page.waitForSelector(`tr:has-text("${subject}")`);
  await look(page, `${base}-choose`);
  await page.click(`tr:has-text("${subject}") button:has-text("${button}")`);
  await page.waitForSelector('#opening');
  await look(page, `${base}-form`);
  return (await page.getAttribute('#opening', 'data-draft')) ?? '';
};
const confirm = async (code: string, no: string) => {
  await as(code).click('.actions .primary');
  await as(code).waitForURL(`**/requests/${no}**`);
  await look(as(code), `${no.slice(0, 2)}-submitted`);
};
/** Opens it in the inbox and presses 审核通过. */
const approve = async (code: string, no: string, prepare?: (page: Page) => Promise<unknown>) => {
  const page = await go(code, `/inbox/${no}`);
  await look(page, `${no.slice(0, 2)}-${code}`);
  await prepare?.(page);
  await page.click('#sheet button[value=approve]');
  await page.waitForSelector('#toasts:has-text("操作成功")');
};

test('商户充值: the amount, its words, 确定; 查看待审核记录; two reviewers against the bank line; the quota grows', async () => {
  const file = writeStatement(world.dir, '工行来账.csv', '工行一', 0, [{ at: `${ago(3)} 09:30:00`, fen: 10_700_053, ...merchantPayer }]);
  const finance = await go('finance1', '/bank-lines');
  await look(finance, 'bank-lines-empty');
  await finance.setInputFiles('input[type=file]', file);
  await finance.click('button:has-text("上传对账单")');
  await finance.waitForSelector('#sum');
  assert.match((await finance.textContent('#sum')) ?? '', /1 笔,来账 107,000\.53,往账 0\.00/);
  await look(finance, 'bank-preview');
  await finance.click('button:has-text("确定导入")');
  await finance.waitForSelector('.notice.good:has-text("已导入 1 笔,其中新增 1 笔")');
  await look(finance, 'bank-lines');

  const clerk = as('clerk001');
  const no = await begin('clerk001', 'top-ups', merchantNo, '充值');
  assert.equal(await clerk.inputValue('#f-payerName'), merchantPayer.name, 'the payer is the registered account');
  await clerk.fill('#f-amount', '０１');
  await clerk.press('#f-amount', 'Tab');
  await clerk.waitForSelector('#m-amount.bad');
  await clerk.fill('#f-amount', '107000.53');
  await clerk.press('#f-amount', 'Tab');
  await clerk.waitForFunction(() => document.querySelector<HTMLInputElement>('#f-amountInWords')?.value === '壹拾万柒仟元零伍角叁分');
  await look(clerk, 'top-up-words');
  await confirm('clerk001', no);
  await clerk.goto(`${site.base}/top-ups/new?q=${merchantNo}`);
  await clerk.click('text=查看待审核记录');
  assert.match((await clerk.textContent('tbody')) ?? '', new RegExp(`${no}.*107,000\\.53.*壹拾万柒仟元零伍角叁分`));
  await look(clerk, 'top-up-pending');

  const check = await go('check001', '/inbox?kind=topUp');
  assert.match((await check.textContent('h1')) ?? '', /商户充值审核/);
  await approve('check001', no, async (page) => {
    assert.match((await page.textContent('#lines')) ?? '', /登记账号付款/);
    assert.match((await page.textContent('#legs')) ?? '', /2241\.20.*107,000\.53.*2241\.10/s);
  });
  await approve('finance1', no);
  assert.equal((await findQuota(world.db, merchantNo))?.available, 10_700_053);
  const done = await go('check001', `/requests/${no}`);
  assert.match((await done.textContent('#entries')) ?? '', /107,000\.53/);
  await look(done, 'top-up-effective');
});

test('an approval without a line, and one of another payer, are told so beside the field and keep what was chosen', async () => {
  const file = writeStatement(world.dir, '他人来账.csv', '工行三', 10_700_053, [
    { at: `${ago(2)} 09:30:00`, fen: 80_000, name: '某某个人', account: '6222020200012345670' },
  ]);
  const finance = await go('finance1', '/bank-lines');
  await finance.setInputFiles('input[type=file]', file);
  await finance.click('button:has-text("上传对账单")');
  await finance.click('button:has-text("确定导入")');
  await finance.waitForSelector('.notice.good');
  const no = await begin('clerk001', 'top-ups', merchantNo, '充值');
  await as('clerk001').fill('#f-amount', '800');
  await as('clerk001').press('#f-amount', 'Tab');
  await as('clerk001').waitForFunction(() => document.querySelector<HTMLInputElement>('#f-amountInWords')?.value === '捌佰元整');
  await confirm('clerk001', no);
  const check = await go('check001', `/inbox/${no}`);
  await check.click('#sheet button[value=approve]');
  await check.waitForSelector('#sheet .notice.bad:has-text("请选择对应的银行流水")');
  await check.check('#lines input[type=radio]');
  await check.click('#sheet button[value=approve]');
  await check.waitForSelector('#sheet .notice.bad:has-text("付款户名与开户名不同")');
  assert.ok(await check.isChecked('#lines input[type=radio]'), 'the line stays chosen');
  await look(check, 'top-up-payer-differs');
  await check.check('[name=override]');
  await check.fill('#reason', '法人代付,已电话核实');
  await check.click('#sheet button[value=approve]');
  await check.waitForSelector('#toasts:has-text("操作成功")');
  // The day's sum is above the first tier, small as this one is.
  await approve('finance1', no);
  assert.equal((await findQuota(world.db, merchantNo))?.available, 10_780_053);
});

test('商户终端录入, 商户终端审核, the key once, 终端信息变更, 商户终端注销', async () => {
  const clerk = as('clerk001');
  const no = await begin('clerk001', 'terminal-registrations', merchantNo, '录入终端');
  await clerk.fill('#f-serialNo', 'PAX00000001\nPAX00000002');
  await clerk.selectOption('#f-model', 'PAX-S90');
  await clerk.fill('#f-installAddress', '沈阳市和平区中山路 100 号一层');
  await clerk.fill('#f-phone', '024-23456789');
  await confirm('clerk001', no);
  await approve('check001', no);
  const [t1, t2] = await terminals(world.db, { merchantNo }, 5);
  assert.deepEqual([t1?.status, t2?.status], ['active', 'active']);
  await go('clerk001', `/terminals/${t1?.terminalNo}`);
  await clerk.click('button:has-text("显示密钥")');
  assert.match((await clerk.textContent('.notice.warn')) ?? '', /[0-9a-f]{8} [0-9a-f]{8}/);
  await look(clerk, 'terminal');
  await clerk.goto(`${site.base}/terminals/${t1?.terminalNo}`);
  assert.equal(await clerk.locator('button:has-text("显示密钥")').count(), 0, 'only once');

  const change = await begin('clerk001', 'terminal-changes', t1?.terminalNo ?? '', '修改');
  await clerk.fill('#f-installAddress', '沈阳市和平区中山路 100 号二层');
  await confirm('clerk001', change);
  await approve('check001', change, async (page) => assert.match((await page.textContent('#differences')) ?? '', /一层.*二层/));

  const off = await begin('clerk001', 'terminal-cancellations', merchantNo, '终端注销');
  await clerk.check(`input[value="${t2?.terminalNo}"]`);
  await clerk.fill('#f-reason', '设备故障撤机');
  await confirm('clerk001', off);
  assert.equal((await findTerminal(world.db, t2?.terminalNo ?? ''))?.status, 'frozen', 'off at submission');
  await approve('check001', off);
  assert.equal((await findTerminal(world.db, t2?.terminalNo ?? ''))?.status, 'cancelled');
  await look(await go('clerk001', '/terminals'), 'terminals');
});

test('商户信息变更, 冻结, 恢复', async () => {
  const clerk = as('clerk001');
  const change = await begin('clerk001', 'merchant-changes', merchantNo, '修改');
  await clerk.click('text=提交前检查');
  await clerk.waitForSelector('.notice.bad:has-text("没有改动")');
  await clerk.fill('#f-contactName', '刘洋洋');
  await clerk.setInputFiles('input[type=file]', {
    name: '执照.png',
    mimeType: 'image/png',
    buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  });
  await clerk.click('form[enctype] .btn');
  await clerk.waitForSelector('.files li');
  if ((await clerk.inputValue('#f-contactName')) !== '刘洋洋') await clerk.fill('#f-contactName', '刘洋洋');
  await confirm('clerk001', change);
  await approve('check001', change, async (page) => assert.match((await page.textContent('#differences')) ?? '', /业务联系人.*刘洋.*刘洋洋/));
  const freeze = await begin('clerk001', 'merchant-freezes', merchantNo, '冻结');
  await clerk.fill('#f-reason', '可疑交易排查');
  await confirm('clerk001', freeze);
  assert.equal((await findMerchant(world.db, merchantNo))?.status, 'frozen');
  await approve('check001', freeze);
  const restore = await begin('clerk001', 'merchant-restores', merchantNo, '恢复');
  await clerk.fill('#f-reason', '排查完毕');
  await confirm('clerk001', restore);
  await approve('check001', restore);
  assert.equal((await findMerchant(world.db, merchantNo))?.status, 'active');
});

test('商户注销 with a balance: refused with reasons and the way to 额度退款; after the refund it is possible', async () => {
  const clerk = as('clerk001');
  const early = await begin('clerk001', 'merchant-cancellations', merchantNo, '商户注销');
  await clerk.fill('#f-reason', '商户退出');
  await clerk.click('.actions .primary');
  await clerk.waitForSelector('.notice.bad');
  assert.match((await clerk.textContent('#obstacles')) ?? '', /仍有额度.*107,800\.53/);
  await look(clerk, 'cancellation-refused');
  await clerk.click('#obstacles a:has-text("额度退款")');
  await clerk.click(`tr:has-text("${merchantNo}") button:has-text("额度退款")`);
  await clerk.waitForSelector('#opening');
  const refund = clerk.url().split('/').pop() ?? '';
  await clerk.fill('#f-amount', '107800.53');
  await clerk.fill('#f-reason', '退出前退还余额');
  await confirm('clerk001', refund);
  await approve('check001', refund);
  await approve('finance1', refund);
  await clerk.goto(`${site.base}/merchant-cancellations/${early}`);
  await clerk.click('.actions .primary');
  await clerk.waitForURL(`**/requests/${early}**`);
  await approve('check001', early);
  assert.equal((await findMerchant(world.db, merchantNo))?.status, 'cancelled');
  await look(await go('clerk001', `/merchants/${merchantNo}`), 'merchant-cancelled');
});

test('来账退回, 充值撤销, 调账, 参数变更, and the trial balance', async () => {
  const other = await openMerchant();
  const file = writeStatement(world.dir, '三笔.csv', '建行', 10_780_053, [
    { at: `${ago(1)} 09:30:00`, fen: 50_000, ...merchantPayer, no: 'A1' },
    { at: `${ago(1)} 09:31:00`, fen: 60_000, name: '误汇单位', account: '110000000001', no: 'A2' },
  ]);
  const finance = await go('finance1', '/bank-lines');
  await finance.setInputFiles('input[type=file]', file);
  await finance.click('button:has-text("上传对账单")');
  await finance.click('button:has-text("确定导入")');
  await finance.waitForSelector('.notice.good');
  await finance.click('tr:has-text("误汇单位") button:has-text("退回")');
  await finance.waitForSelector('#opening');
  const back = finance.url().split('/').pop() ?? '';
  await finance.fill('#f-reason', '非我司商户');
  await confirm('finance1', back);
  await approve('leader01', back);

  const clerk = as('clerk001');
  const no = await begin('clerk001', 'top-ups', other, '充值');
  await clerk.fill('#f-amount', '500');
  await clerk.press('#f-amount', 'Tab');
  await clerk.waitForFunction(() => document.querySelector<HTMLInputElement>('#f-amountInWords')?.value === '伍佰元整');
  await confirm('clerk001', no);
  await approve('check001', no);
  const undo = await begin('clerk001', 'top-up-voids', no, '充值撤销');
  await clerk.fill('#f-reason', '重复入账');
  await confirm('clerk001', undo);
  await approve('finance1', undo);
  await approve('leader01', undo);
  assert.equal((await findQuota(world.db, other))?.available, 0);

  await go('clerk001', '/adjustments');
  await clerk.click('.head .btn.primary');
  await clerk.waitForSelector('#opening');
  const adjust = clerk.url().split('/').pop() ?? '';
  await clerk.selectOption('#f-debitAccount', '1221.01');
  await clerk.selectOption('#f-creditAccount', '2241.21');
  await clerk.fill('#f-amount', '0.01');
  await clerk.fill('#f-reason', '银行零钞差异');
  await confirm('clerk001', adjust);
  await approve('finance1', adjust);
  await approve('leader01', adjust);

  const admin = as('admin001');
  const policy = await begin('admin001', 'policy-changes', 'time.claim', '修改');
  await admin.fill('#f-policyValue', 'soon');
  await admin.fill('#f-reason', '延长认领');
  await admin.click('.actions .primary');
  await admin.waitForSelector('#m-policyValue.bad');
  await admin.fill('#f-policyValue', '45');
  await confirm('admin001', policy);
  await approve('leader01', policy);

  const page = await go('finance1', '/ledger');
  assert.match((await page.textContent('.notice')) ?? '', /账务平衡/);
  await look(page, 'ledger');
  assert.deepEqual(await ledgerFaults(world.db), []);
  assert.deepEqual(troubles, []);
});
