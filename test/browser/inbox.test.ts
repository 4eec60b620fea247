// The inbox as reviewers live in it: by keyboard alone, in two browsers at once, many at a time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { auditEntries } from '../../db/audit.ts';
import { check001, command, opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { placeInBrowser } from './place.ts';
import { readByAxe } from './steps.ts';

const here = placeInBrowser();
const { start, written, tell } = storiesOf(() => here.world);
const visit = here.enter;
const states = async (nos: readonly string[]) =>
  (await here.world.db.execute<{ state: string }>(sql`select state from request where request_no in ${[...nos]}`)).map((row) => row.state);
const opened = (page: Page) => page.evaluate(() => document.querySelector<HTMLElement>('#sheet')?.dataset.no ?? '');

/** So many merchant openings that wait for 业务审核. */
async function waiting(n: number, name: string): Promise<string[]> {
  const nos: string[] = [];
  for (let i = 0; i < n; i++) {
    const submission = opening({ merchantName: `${name}${String(i + 1).padStart(3, '0')}` });
    nos.push((await start(submission)).workflowId);
  }
  for (const no of nos) await written(no);
  return nos;
}

test('check001 works through 30 items by keyboard alone: each decision opens the next', async () => {
  const nos = await waiting(30, '键盘商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox`);
  await readByAxe(page, 'inbox');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('o');
  await page.waitForSelector('#sheet[data-no]');
  await readByAxe(page, 'split view');
  const seen: string[] = [];
  const painted: number[] = [];
  for (let i = 0; i < 30; i++) {
    const now = await opened(page);
    seen.push(now);
    assert.ok(page.url().includes(`/inbox/${now}`), 'its own address');
    assert.equal(await page.getAttribute(`#i-${now}`, 'aria-current'), 'true');
    await page.waitForTimeout(450);
    const began = Date.now();
    await page.keyboard.press('a');
    await page.waitForFunction((no) => document.querySelector<HTMLElement>('#sheet')?.dataset.no !== no, now);
    painted.push(Date.now() - began);
  }
  assert.equal(new Set(seen).size, 30);
  assert.deepEqual([...new Set(await states(nos))], ['effective']);
  assert.match((await page.textContent('#toasts')) ?? '', /操作成功/);
  assert.equal(await page.isVisible('#waiting-side'), false, 'the badge of the menu follows');
  assert.doesNotMatch((await page.textContent('#crumbs')) ?? '', /MO\d/, 'and so does the breadcrumb');
  assert.match((await page.textContent('#rows + .empty, .bulk .empty')) ?? '', /没有待办/);
  console.log(`decision to the next item: median ${painted.toSorted((a, b) => a - b)[15]} ms`);
  assert.deepEqual(here.troubles, []);
  await page.context().close();
});

test('keys are silent while somebody types or composes, and when they are switched off', async () => {
  const [no = ''] = await waiting(1, '输入法商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox/${no}`);
  await page.fill('#reason', '');
  await page.focus('#reason');
  await page.keyboard.type('aaa');
  assert.equal(await page.inputValue('#reason'), 'aaa');
  await page.evaluate(() => {
    (document.activeElement as HTMLElement).blur();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', isComposing: true, bubbles: true }));
  });
  await page.keyboard.press('Escape');
  assert.deepEqual(await states([no]), ['submitted']);
  await page.keyboard.press('?');
  await readByAxe(page, 'keys');
  await page.click('dialog button:has-text("关闭快捷键")');
  await page.waitForURL('**/desk');
  await readByAxe(page, 'desk');
  await page.goto(`${here.site.base}/inbox/${no}`);
  await page.keyboard.press('a');
  await page.waitForTimeout(300);
  assert.deepEqual(await states([no]), ['submitted'], 'off is off, for this user everywhere');
  await page.goto(`${here.site.base}/desk`);
  await page.click('button:has-text("开启快捷键")');
  // Chromium may never answer when it is closed in the middle of a navigation.
  await page.waitForSelector('button:has-text("关闭快捷键")');
  await page.context().close();
});

test('return needs a reason: a phrase gives one; without it the field says so and keeps what was typed', async () => {
  const [no = ''] = await waiting(1, '常用语商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox/${no}`);
  await page.click('#sheet button[value=return]');
  await page.waitForSelector('#sheet .notice.bad');
  assert.match((await page.textContent('#sheet .notice.bad')) ?? '', /请填写原因/);
  assert.equal(await opened(page), no, 'still the same request');
  await page.selectOption('#phrase', { index: 2 });
  assert.match(await page.inputValue('#reason'), /影像不清晰/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.waitForFunction((was) => document.querySelector<HTMLElement>('#sheet')?.dataset.no !== was, no);
  assert.deepEqual(await states([no]), ['returned']);
  assert.equal(await page.inputValue('#reason'), '', 'a reason is never carried over to the next item');
  await page.context().close();
});

test('two browsers: a new item is announced, one that another decided is marked, typed text, ticks and focus stay', async () => {
  const nos = await waiting(3, '两台商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox/${nos[0]}`);
  await page.check(`#i-${nos[1]} input`);
  await page.fill('#reason', '正在核对');
  const [fresh = ''] = await waiting(1, '新来商户');
  await page.waitForSelector('#pill a');
  assert.match((await page.textContent('#pill')) ?? '', /有 1 条新待办/);
  assert.equal(await page.locator(`#i-${fresh}`).count(), 0, 'rows do not move by themselves');
  const other = await visit('check002');
  await other.goto(`${here.site.base}/inbox/${nos[2]}`);
  await other.keyboard.press('a');
  await page.waitForSelector(`#i-${nos[2]}.gone`);
  assert.equal(await page.inputValue('#reason'), '正在核对');
  assert.equal(await page.isChecked(`#i-${nos[1]} input`), true);
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'reason');
  await other.goto(`${here.site.base}/inbox/${nos[0]}`);
  await other.click('button:has-text("认领")');
  await other.waitForSelector('button:has-text("释放")');
  await page.waitForFunction((no) => document.getElementById(`i-${no}`)?.textContent?.includes('check002 处理中'), nos[0]);
  await page.click('#pill a');
  await page.waitForSelector(`#i-${fresh}`);
  await page.context().close();
  await other.context().close();
});

test('a slow network and a nervous finger: a key pressed again and again decides one item, not the next', async () => {
  const nos = await waiting(3, '慢网商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox/${nos[0]}?q=慢网商户`);
  const slow = await page.context().newCDPSession(page);
  await slow.send('Network.emulateNetworkConditions', { offline: false, latency: 600, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  for (let i = 0; i < 4; i++) await page.keyboard.press('a');
  await page.waitForFunction((no) => document.querySelector<HTMLElement>('#sheet')?.dataset.no !== no, nos[0]);
  await page.keyboard.press('a');
  await page.waitForTimeout(2500);
  assert.equal(await opened(page), nos[1]);
  assert.deepEqual((await states(nos)).toSorted(), ['effective', 'submitted', 'submitted']);
  await page.context().close();
});

test('the back button goes back through what was opened', async () => {
  const nos = await waiting(2, '后退商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox?q=后退商户`);
  for (const no of nos) {
    await page.click(`#i-${no} a`);
    await page.waitForFunction((now) => document.querySelector<HTMLElement>('#sheet')?.dataset.no === now, no);
  }
  await page.goBack();
  await page.waitForFunction((now) => document.querySelector<HTMLElement>('#sheet')?.dataset.no === now, nos[0]);
  assert.ok(page.url().includes(`/inbox/${nos[0]}?q=`));
  await page.context().close();
});

test('the session ends while somebody types a reason: after signing in the text is there', async () => {
  const [no = ''] = await waiting(1, '会话商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox/${no}`);
  await page.fill('#reason', '没有丢失的原因');
  await page.context().clearCookies({ name: 'zf_session' });
  // News of the list may have met the ended session first, and be on its way there.
  await page.click('#sheet button[value=return]', { timeout: 5000 }).catch(() => undefined);
  await page.waitForURL('**/sign-in**');
  await page.fill('[name=account]', 'check001');
  await page.fill('[name=password]', 'Zhangfang-2026');
  await page.click('button.primary');
  await page.waitForURL(`**/inbox/${no}**`);
  assert.equal(await page.inputValue('#reason'), '没有丢失的原因');
  assert.deepEqual(await states([no]), ['submitted']);
  await page.context().close();
});

test('bulk of 200 with 7 that cannot be decided: previewed with reasons, a result for each, one batch id', async () => {
  await here.world.db.execute(sql`update request set waits_for = null, due_at = null where state = 'submitted'`);
  const nos = await waiting(200, '批量商户');
  for (const no of nos.slice(0, 7)) {
    const handle = here.world.client.workflow.getHandle(no);
    await tell(handle, 'claim', {
      commandId: `c-${no}`,
      requestNo: no,
      action: 'claim',
      actor: { ...check001, code: 'check002', name: '孙审核' },
      revision: 1,
      reason: '',
    });
  }
  for (let i = 0; i < 200; i++) {
    const [row] = await here.world.db.execute<{ n: number }>(
      sql`select count(*)::int as n from request where claimed_by = 'check002' and request_no in ${nos}`,
    );
    if (row?.n === 7) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox?q=批量商户`);
  await page.click('#rows .item:nth-child(1) input');
  await page.click('#rows .item:nth-child(4) input', { modifiers: ['Shift'] });
  assert.match((await page.textContent('#ticked')) ?? '', /已选 4 项/);
  await page.click('button[name=all]');
  assert.match((await page.textContent('#sum')) ?? '', /全部筛选结果 200 项:可处理 193 项,不可处理 7 项/);
  assert.equal(await page.locator('#unable tbody tr').count(), 7);
  assert.match((await page.textContent('#unable tbody tr')) ?? '', /该申请正由他人处理/);
  assert.match((await page.textContent('#able tbody tr')) ?? '', /相似申请/, 'a warning of the sheet is told here too');
  await readByAxe(page, 'bulk preview');
  await page.click('button.primary:has-text("193")');
  await page.waitForSelector('#taken');
  assert.match((await page.textContent('.notice')) ?? '', /成功 193 项,未处理 0 项/);
  await page.reload();
  assert.match((await page.textContent('.notice')) ?? '', /成功 193 项/, 'the result has an address of its own');
  const all = await states(nos);
  assert.deepEqual([all.filter((state) => state === 'effective').length, all.filter((state) => state === 'submitted').length], [193, 7]);
  const [batch] = await auditEntries(here.world.db, { action: 'request.bulk' }, 1);
  assert.deepEqual([batch?.detail.asked, batch?.detail.taken], [193, 193]);
  const [events] = await here.world.db.execute<{ n: number }>(
    sql`select count(*)::int as n from audit_log where action = 'request.approved' and detail->>'batch' = ${batch?.object ?? ''}`,
  );
  assert.equal(events?.n, 193, 'every item carries the batch');
  await page.context().close();
});

test('a saved view opens 待办 with its filters; mentions reach the one who is named', async () => {
  const [no = ''] = await waiting(1, '视图商户');
  const page = await visit('check001');
  await page.goto(`${here.site.base}/inbox?q=视图商户&sort=newest`);
  await page.click('.views summary');
  await page.fill('.views [name=name]', '我的视图商户');
  await page.click('.views button:has-text("保存当前筛选")');
  await page.click('.views summary');
  await page.click('.views button:has-text("设为默认")');
  await page.goto(`${here.site.base}/inbox`);
  assert.ok(page.url().includes('sort=newest'), 'the default opens');
  assert.equal(await page.locator('#rows .item').count(), 1);
  await page.click(`#i-${no} a`);
  await page.waitForSelector('#sheet[data-no]');
  await page.fill('#comment', '请看影像 @check002 谢谢');
  await page.click('.comment button');
  await page.waitForSelector('#timeline:has-text("请看影像")');
  assert.equal(await page.inputValue('#comment'), '', 'a comment that was sent leaves its box');
  const other = await visit('check002');
  await other.goto(`${here.site.base}/`);
  assert.match((await other.getAttribute('.bell', 'aria-label')) ?? '', /1 条未读提醒/);
  await other.click('.bell');
  await readByAxe(other, 'notices');
  await other.click('.notices a');
  await other.waitForSelector('#timeline:has-text("请看影像")');
  await other.goto(`${here.site.base}/`);
  assert.equal(await other.getAttribute('.bell', 'aria-label'), '提醒');
  await page.context().close();
  await other.context().close();
});

test('ten tabs of one session: each shows its list, the latest four hear news, and the tab in front refreshes', async () => {
  const [first = ''] = await waiting(1, '十个标签');
  const page = await visit('check001');
  const tabs = [page];
  for (let i = 0; i < 9; i++) tabs.push(await page.context().newPage());
  for (const tab of tabs) {
    await tab.goto(`${here.site.base}/inbox?q=十个标签`);
    assert.equal(await tab.locator('#rows .item').count(), 1);
  }
  const front = tabs[9] ?? page;
  await front.bringToFront();
  const handle = await here.world.client.workflow.getHandle(first);
  await tell(handle, 'claim', command('claim', check001, 1));
  await front.waitForSelector('#rows .item:has-text("check001 处理中")', { timeout: 15_000 });
  // Even the first one, whose stream gave way, still works.
  await page.bringToFront();
  await page.click(`#i-${first} a`);
  await page.waitForSelector('#sheet[data-no]');
  await page.context().close();
});
