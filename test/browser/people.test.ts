// The manual's rows 1 to 7 as people walk them, under the manual's own button names; every page is read by axe in both themes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { findActor } from '../../db/users.ts';
import { DEMO_PASSWORD } from '../../stack/demo.ts';
import { openSite, type Site } from '../web/site.ts';
import { openWorld, type World } from '../world.ts';
import { openBrowser } from './chromium.ts';
import { enter, readByAxe } from './steps.ts';

let world: World;
let site: Site;
let browser: Browser;
let admin001: Page;
let admin002: Page;
const troubles: string[] = [];

before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world);
  browser = await openBrowser();
  [admin001, admin002] = [await enter(browser, site.base, 'admin001', troubles), await enter(browser, site.base, 'admin002', troubles)];
});
after(async () => {
  await browser.close();
  await site.close();
  await world.close();
});

const look = async (page: Page, name: string) => {
  await readByAxe(page, name);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
};
const open = async (page: Page, path: string, name: string) => {
  await page.goto(`${site.base}${path}`);
  await look(page, name);
};
/** 确定 or 应用, then the other administrator approves what is now open. */
const settle = async (name: string) => {
  await admin001.click('.actions .primary');
  await admin001.waitForURL('**/requests/AC**');
  await look(admin001, name);
  const no = /AC\d+/.exec(admin001.url())?.[0] ?? '';
  await admin002.goto(`${site.base}/inbox/${no}`);
  await look(admin002, `${name}-inbox`);
  await admin002.click('#sheet button[value=approve]');
  await admin002.waitForSelector('#toasts:has-text("操作成功")');
};

test('rows 1 and 2: 新增 a user; the account signs in with 888888, is led to 用户密码修改, and its menu follows its groups', async () => {
  await open(admin001, '/users', 'users');
  await admin001.click('.head button:has-text("新增")');
  await admin001.waitForSelector('#f-userCode');
  await look(admin001, 'user-form');
  await admin001.fill('#f-userCode', 'clerk_31');
  await admin001.fill('#f-userName', '欧阳小明明');
  await admin001.click('.actions .primary');
  await admin001.waitForSelector('#m-userCode.bad');
  await look(admin001, 'user-form-faults');
  assert.equal(await admin001.inputValue('#f-userName'), '欧阳小明明');
  await admin001.fill('#f-userCode', 'clerk031');
  await admin001.fill('#f-userName', '欧阳小明');
  // By keyboard alone: choose in the list, Enter moves it to the other one.
  await admin001.focus('#groups-out');
  await admin001.selectOption('#groups-out', '02');
  await admin001.keyboard.press('Enter');
  assert.equal(await admin001.inputValue('[name=groups]'), '02');
  assert.match((await admin001.textContent('label[for=groups-in]')) ?? '', /1 个/);
  await settle('user-created');

  const context = await browser.newContext({ locale: 'zh-CN' });
  const person = await context.newPage();
  await person.goto(`${site.base}/merchant-openings`);
  await person.fill('[name=account]', 'clerk031');
  await person.fill('[name=password]', '888888');
  await person.click('button.primary');
  await person.waitForURL('**/password');
  await look(person, 'password-first');
  for (const [name, value] of [
    ['old', '888888'],
    ['fresh', 'Regen-am-Morgen-7'],
    ['again', 'Regen-am-Morgen-7'],
  ] as const)
    await person.fill(`#f-${name}`, value);
  await person.click('form.form .primary');
  await person.waitForSelector('.notice.good');
  const menu = (await person.textContent('nav.menu.side')) ?? '';
  assert.match(menu, /商户开户/);
  assert.doesNotMatch(menu, /用户管理|操作日志/);
  await context.close();
});

test('row 3: 分组 with 「-->」 and 「<--」; closed without 应用 nothing changes; 应用 and approval make it hold', async () => {
  await open(admin001, '/users/clerk031', 'user');
  await admin001.click('.head button:has-text("分组")');
  await admin001.waitForSelector('#groups-out');
  await admin001.fill('[data-filter=groups-out]', '审计');
  assert.equal(await admin001.locator('#groups-out option:not([hidden])').count(), 1);
  await admin001.selectOption('#groups-out', '06');
  await admin001.click('[data-move=in]');
  await look(admin001, 'groups-dual');
  assert.equal(await admin001.inputValue('[name=groups]'), '02 06');
  await admin001.waitForSelector('#saved:has-text("草稿已保存")');
  await admin001.goto(`${site.base}/users`);
  assert.deepEqual((await findActor(world.db, 'clerk031'))?.groups, ['02']);
  await admin001.goto(`${site.base}/access-changes`);
  await admin001.click('tbody tr:first-child a.mono');
  assert.equal(await admin001.inputValue('[name=groups]'), '02 06', 'the draft is kept');
  assert.equal(await admin001.textContent('.actions .primary'), '应用');
  await settle('groups-applied');
  assert.deepEqual((await findActor(world.db, 'clerk031'))?.groups, ['02', '06']);
});

test('row 3 without JavaScript: the buttons move groups by themselves', async () => {
  const page = await enter(browser, site.base, 'admin001', troubles, { javaScriptEnabled: false });
  await page.goto(`${site.base}/users/clerk002`);
  await page.click('.head button:has-text("分组")');
  await page.selectOption('#groups-out', ['04', '06']);
  await page.click('button[value=in]');
  assert.equal(await page.inputValue('[name=groups]'), '02 04 06');
  await page.selectOption('#groups-in', '04');
  await page.click('button[value=out]');
  assert.equal(await page.inputValue('[name=groups]'), '02 06');
  await page.click('.actions .primary');
  await page.waitForURL('**/requests/AC**');
  assert.match((await page.textContent('#access')) ?? '', /增加\s*审计/);
  await page.click('form[action$="/withdrawal"] button');
  await page.context().close();
});

test('rows 4 and 5: 用户组信息管理: 新增 a group of two letters or digits, 权限 in the matrix, 应用', async () => {
  await open(admin001, '/groups', 'groups');
  await admin001.click('.head button:has-text("新增")');
  await admin001.fill('#f-groupCode', '07');
  await admin001.fill('#f-nameZh', '风险管理');
  await admin001.fill('#f-nameEn', 'Risk');
  await settle('group-created');
  await open(admin001, '/groups/07', 'group');
  await admin001.click('.head button:has-text("权限")');
  await admin001.waitForSelector('.matrix');
  await look(admin001, 'group-rights');
  await admin001.check('[name=rights][value=merchantInfo]');
  await admin001.check('[name=rights][value=auditLog]');
  await settle('group-rights-applied');
  await open(admin001, '/functions/auditLog', 'who-may');
});

test('row 6: 模块及权限管理: the transposed matrix, a module that is switched off, one that is new', async () => {
  await open(admin001, '/modules', 'modules');
  await open(admin001, '/modules/quota', 'module');
  await admin001.click('.head button:has-text("权限")');
  await admin001.waitForSelector('.matrix');
  await look(admin001, 'module-rights');
  await admin001.check('[name=matrix][value="ledger:07"]');
  await settle('module-rights-applied');
  await admin001.goto(`${site.base}/modules`);
  await admin001.click('.head button:has-text("新增")');
  for (const [key, value] of Object.entries({ moduleCode: 'risk', nameZh: '风险', nameEn: 'Risk', sort: '9' })) await admin001.fill(`#f-${key}`, value);
  await settle('module-created');
});

test('row 7 and around it: 用户密码修改, 个人设置 with sessions, 动态口令, 公共信息维护, 首页', async () => {
  await open(admin001, '/password', 'password');
  await open(admin001, '/desk', 'desk');
  await open(admin001, '/totp', 'totp-off');
  await admin001.fill('main [name=password]', DEMO_PASSWORD);
  await admin001.click('main .primary');
  await admin001.waitForSelector('img[alt=QR]');
  assert.ok(
    await admin001.locator('img[alt=QR]').evaluate((image) => (image as HTMLImageElement).decode().then(() => (image as HTMLImageElement).naturalWidth > 0)),
  );
  await look(admin001, 'totp-begun');
  for (const path of ['announcements', 'public-information/areas', 'public-information/banks', 'public-information/calendar'])
    await open(admin001, `/${path}`, path.replace('/', '-'));
  await open(admin001, '/', 'home-admin');
  await open(await enter(browser, site.base, 'audit001', troubles), '/audit', 'audit');
  assert.deepEqual(troubles, []);
});
