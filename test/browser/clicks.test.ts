// By mouse and by looking: check001 clicks twice where once was meant, and clerk001 sees that a request moved on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRequest } from '../../db/requests.ts';
import { opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { placeInBrowser } from './place.ts';

const here = placeInBrowser();
const { start, written, approve } = storiesOf(() => here.world);
test('the second of two quick clicks finds the next item under the pointer, and decides nothing; a click by itself does', async () => {
  const nos = [(await start(opening({ merchantName: '双击商户001' }))).workflowId, (await start(opening({ merchantName: '双击商户002' }))).workflowId];
  for (const no of nos) await written(no);
  const states = async () => (await Promise.all(nos.map((no) => findRequest(here.world.db, no)))).map((row) => row?.state);
  const page = await here.enter('check001');
  const opened = (no = '') => page.waitForFunction((expected) => (document.querySelector<HTMLElement>('#sheet')?.dataset.no ?? '') === expected, no);
  await page.goto(`${here.site.base}/inbox/${nos[0]}?q=双击商户`);
  await page.click('#sheet button[value=approve]');
  await opened(nos[1]);
  await page.hover('#sheet button[value=approve]');
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  await page.waitForTimeout(1500);
  assert.deepEqual(await states(), ['effective', 'submitted']);
  await page.click('#sheet button[value=approve]');
  await opened();
  assert.deepEqual(await states(), ['effective', 'effective']);
});

test('clerk001 keeps the page of a request open, and is told there once check001 has approved it', async () => {
  const handle = await start(opening({ merchantName: '等待商户001' }));
  await written(handle.workflowId);
  const page = await here.enter('clerk001');
  await page.goto(`${here.site.base}/requests/${handle.workflowId}`);
  const look = () => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));
  const asked = page.waitForResponse(/\/version$/);
  await look();
  await asked;
  assert.equal(await page.isVisible('#news'), false);
  await approve(handle);
  await look();
  await page.waitForSelector('#news a', { state: 'visible' });
  await page.click('#news a');
  await page.waitForSelector('#sheet:not([data-look])');
  assert.match(await page.innerText('#sheet .title'), /已生效/);
});
