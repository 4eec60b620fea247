// 待办 by mouse: check001 clicks twice where once was meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRequest } from '../../db/requests.ts';
import { opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { placeInBrowser } from './place.ts';

const here = placeInBrowser();
const { start, written } = storiesOf(() => here.world);
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
