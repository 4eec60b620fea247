// The story of a merchant opening in a real browser, as people do it; every page is read by axe in both themes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { DEMO_PASSWORD } from '../../stack/demo.ts';
import { m1 } from '../cast.ts';
import { placeInBrowser } from './place.ts';
import { fillOpening, readByAxe } from './steps.ts';

const here = placeInBrowser();
const { enter } = here;

/** The clerk fills the form, is told what is wrong, submits, and is refused as reviewer; answers the number. */
async function clerkSubmits(clerk: Page): Promise<string> {
  await readByAxe(clerk, 'home');
  await clerk.goto(`${here.site.base}/merchant-openings`);
  await readByAxe(clerk, 'list');
  await clerk.click('.head .btn.primary');
  await clerk.waitForSelector('#opening');
  const no = clerk.url().split('/').pop() ?? '';
  await clerk.selectOption('#f-mcc', '5411');
  await clerk.selectOption('#f-areaCode', '2101');
  await clerk.click('text=自动生成');
  await clerk.waitForFunction(() => (document.querySelector<HTMLInputElement>('#f-merchantNo')?.value ?? '').startsWith('89821015411'));
  await fillOpening(clerk, { ...m1, merchantNo: '' });
  const drawn = await clerk.inputValue('#f-merchantNo');
  await clerk.press('#f-shortName', 'Enter');
  await clerk.waitForSelector('.notice.bad');
  assert.equal(await clerk.inputValue('#f-merchantNo'), drawn, 'Enter hands in, and draws no other number');
  assert.equal(new URL(clerk.url()).pathname, `/merchant-openings/${no}`);
  await clerk.click('.top form button[lang=en]');
  await clerk.waitForSelector('html[lang=en]');
  assert.equal(new URL(clerk.url()).pathname, `/merchant-openings/${no}`, 'another language, the same page');
  await clerk.click('.top form button[lang=zh-CN]');
  await clerk.waitForSelector('html[lang=zh-CN]');
  await clerk.fill('#f-uscc', '91350100M000100Y45');
  await clerk.press('#f-uscc', 'Tab');
  await clerk.waitForFunction(() => document.querySelector('#m-uscc')?.textContent === '校验位不正确,请核对');
  await clerk.waitForFunction(() => document.querySelector('#f-uscc')?.getAttribute('aria-invalid') === 'true');
  await readByAxe(clerk, 'form');
  await clerk.fill('#f-uscc', m1.uscc);
  await clerk.press('#f-uscc', 'Tab');
  await clerk.waitForFunction(() => document.querySelector('#m-uscc')?.textContent === '');
  await clerk.waitForFunction(() => document.querySelector('#saved')?.textContent?.includes('草稿已保存'));
  await clerk.reload();
  assert.equal(await clerk.inputValue('#f-uscc'), m1.uscc, 'the draft saved itself');
  await clerk.click('.actions .primary');
  await clerk.waitForSelector('.notice.bad');
  assert.match((await clerk.textContent('.notice.bad')) ?? '', /请上传营业执照影像/);
  await clerk.setInputFiles('input[type=file]', {
    name: '营业执照.png',
    mimeType: 'image/png',
    buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  });
  await clerk.click('form[enctype] .btn');
  await clerk.waitForSelector('.files li');
  await clerk.click('text=提交前检查');
  await clerk.waitForSelector('.notice.good');
  await readByAxe(clerk, 'dry run');
  await clerk.dblclick('.actions .primary');
  await clerk.waitForURL(`**/requests/${no}**`);
  const reloading = clerk.waitForRequest((request) => request.isNavigationRequest());
  await clerk.reload();
  assert.equal((await reloading).method(), 'GET', 'a reload hands nothing in again');
  assert.equal(await clerk.locator('#sheet').getAttribute('data-no'), no);
  await clerk.click('button[value=approve]', { force: true });
  await clerk.waitForSelector('.notice.bad');
  assert.match((await clerk.textContent('.notice.bad')) ?? '', /同一操作员不能审核！/);
  await readByAxe(clerk, 'refused');
  return no;
}

/** The reviewer returns it, the clerk amends it, the reviewer sees the difference and approves. */
async function reviewed(clerk: Page, no: string): Promise<void> {
  const check = await enter('check001');
  await check.goto(`${here.site.base}/inbox`);
  await readByAxe(check, 'inbox');
  await check.click(`#i-${no} a`);
  await check.waitForSelector('#sheet[data-no]');
  await readByAxe(check, 'request');
  await check.fill('#reason', '营业时间与门店公示不一致');
  await check.click('#sheet button[value=return]');
  await check.waitForSelector('.notice.good');

  await clerk.goto(`${here.site.base}/requests/${no}`);
  await clerk.click('#decide a.btn.primary');
  await clerk.fill('#f-businessHours', '08:00-22:00');
  await clerk.click('.actions .primary');
  await clerk.waitForSelector('.notice.good');

  await check.goto(`${here.site.base}/inbox`);
  assert.match((await check.textContent('.item .who')) ?? '', /第 2 次提交/);
  await check.click('#rows .item a');
  await check.waitForSelector('#differences');
  assert.deepEqual(await check.locator('#differences tbody tr').allTextContents(), ['营业时间09:00-21:0008:00-22:00']);
  await readByAxe(check, 'differences');
  await check.click('#sheet button[value=approve]');
  await check.waitForSelector('.notice.good');
  await check.goto(`${here.site.base}/merchants`);
  assert.match((await check.textContent('tbody tr')) ?? '', /沈阳和泰商贸有限公司[\s\S]*正常/);
  await readByAxe(check, 'merchants');
  await check.click('tbody a');
  await readByAxe(check, 'merchant');
}

async function audited(no: string): Promise<void> {
  const auditor = await enter('audit001');
  await auditor.goto(`${here.site.base}/audit`);
  await readByAxe(auditor, 'audit log');
  await auditor.click(`text=${no} >> nth=0`);
  const story = (await auditor.textContent('#timeline')) ?? '';
  for (const part of ['王录入 提交', '尝试审核通过被拒绝: 同一操作员不能审核！', '李审核 退回', '王录入 修改后重新提交', '李审核 审核通过', '系统 已生效'])
    assert.ok(story.includes(part), part);
  await auditor.click('text=与系统历史对照');
  await auditor.waitForSelector('text=WorkflowExecutionCompleted');
  await readByAxe(auditor, 'history');
}

test('clerk001 opens, is refused as reviewer; check001 returns, sees only the difference, approves; audit001 reads it all', async () => {
  const clerk = await enter('clerk001');
  const no = await clerkSubmits(clerk);
  await reviewed(clerk, no);
  await audited(no);
  assert.deepEqual(here.troubles, []);
});

test('without JavaScript the same path works', async () => {
  const clerk = await enter('clerk002', { javaScriptEnabled: false });
  await clerk.goto(`${here.site.base}/merchant-openings`);
  await clerk.click('.head .btn.primary');
  const no = clerk.url().split('/').pop() ?? '';
  await fillOpening(clerk, { ...m1, merchantNo: '898210254110077', settlementAccountNo: '3301020409200999999' });
  await clerk.click('text=保存草稿');
  await clerk.setInputFiles('input[type=file]', {
    name: 'licence.png',
    mimeType: 'image/png',
    buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
  });
  await clerk.click('form[enctype] .btn');
  await clerk.click('.actions .primary');
  assert.equal(await clerk.locator('[id^=reason-]').count(), 2, 'same licence and legal person are asked about');
  for (const reason of await clerk.locator('[id^=reason-]').all()) await reason.fill('同一法人的第二家门店');
  await clerk.click('.actions .primary');
  assert.match(clerk.url(), new RegExp(`/requests/${no}`));
  const check = await enter('check002', { javaScriptEnabled: false });
  await check.goto(`${here.site.base}/requests/${no}`);
  await check.click('#sheet button[value=approve]');
  assert.match((await check.textContent('.notice')) ?? '', /操作成功/);
});

test('the session ends while somebody types: after signing in they are back at the field with what they typed', async () => {
  const clerk = await enter('clerk001');
  await clerk.goto(`${here.site.base}/merchant-openings`);
  await clerk.click('.head .btn.primary');
  await clerk.waitForSelector('#opening');
  const address = clerk.url();
  await clerk.context().clearCookies({ name: 'zf_session' });
  await clerk.fill('#f-merchantName', '没有丢失的名字');
  await clerk.waitForURL('**/sign-in**');
  await clerk.fill('[name=account]', 'clerk001');
  await clerk.fill('[name=password]', DEMO_PASSWORD);
  await clerk.click('button.primary');
  await clerk.waitForURL(address);
  assert.equal(await clerk.inputValue('#f-merchantName'), '没有丢失的名字');
  assert.equal(await clerk.evaluate(() => document.activeElement?.id), 'f-merchantName');
});

test('sign-in and password pages are clean too, and English is complete', async () => {
  const context = await here.stranger();
  const visitor = await context.newPage();
  await visitor.goto(`${here.site.base}/sign-in`);
  await readByAxe(visitor, 'sign-in');
  const clerk = await enter('clerk001');
  await clerk.goto(`${here.site.base}/password`);
  await readByAxe(clerk, 'password');
  await clerk.click('text=EN');
  await clerk.waitForSelector('h1:has-text("Change password")');
  for (const path of ['/', '/inbox?tab=started', '/merchant-openings', '/merchants']) {
    await clerk.goto(here.site.base + path);
    const text = ((await clerk.textContent('nav.menu.side')) ?? '') + ((await clerk.textContent('.head')) ?? '').replace('王录入', '');
    assert.doesNotMatch(text, /\p{Script=Han}/u, path);
  }
});
