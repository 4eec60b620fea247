// What 待办 opens after a decision, when somebody else is quicker than the decision is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { opening } from '../cast.ts';
import { placeOfStories } from '../place.ts';
import { storiesOf } from '../stories.ts';
import { hidden, signInAt } from './site.ts';

const here = placeOfStories();
const { start, written } = storiesOf(() => here.world);

test('an item that was taken back while the decision before it was on its way is not opened', async () => {
  const { db } = here.world;
  const shop = (n: number) => opening({ merchantName: `接连商户${n}`, uscc: `U${n}`, idCardNo: `I${n}`, settlementAccountNo: `S${n}` });
  const submissions = [shop(1), shop(2)] as const;
  const [first, second] = submissions.map(({ requestNo }) => requestNo) as [string, string];
  for (const submission of submissions) await written((await start(submission)).workflowId);
  const check = await signInAt(here.site.base, 'check001');
  const { html } = await check.get(`/inbox/${first}?q=接连商户`);
  const decision = { decision: 'approve', reason: '', from: 'q=接连商户', revision: hidden(html, 'revision'), commandId: hidden(html, 'commandId') };
  let answer: ReturnType<typeof check.post> | undefined;
  // The effect waits for the record, and so does the answer.
  await db.transaction(async (tx) => {
    await tx.execute(sql`select from merchant where merchant_no = ${submissions[0].merchantNo} for update`);
    answer = check.post(`/requests/${first}/decision`, decision, { 'HX-Request': 'true', 'HX-Target': '#sheet' });
    await pause(1000);
    await db.execute(sql`update request set version = version + 1, state = 'withdrawn', waits_for = null,
      whole = whole || jsonb_build_object('version', version + 1, 'state', 'withdrawn') where request_no = ${second}`);
  });
  const next = await answer;
  assert.ok(next);
  assert.match(next.html, /操作成功/);
  assert.doesNotMatch(next.html, new RegExp(`data-no="${second}"`));
});
