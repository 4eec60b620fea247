// Clocks, faults, long histories and small caches.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { findMerchant } from '../../db/merchants.ts';
import { requestEvents } from '../../db/requests.ts';
import { check001, check002, clerk001, command, opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
const { start, tell, say, view, written, approve, giveBack, keep } = storiesOf(() => world);
before(async () => {
  world = await openWorld();
  await world.workEveryDay();
});
after(() => world.close());

/** Sets a span of the policy, in minutes. */
const span = (key: string, minutes: number) => world.db.execute(sql`update policy set value = ${String(minutes)} where key = ${`time.${key}`}`);
const seconds = (n: number) => n / 60;

test('remind, escalate, expire: each once, one timer at a time, nobody approved', async () => {
  const stop = await world.work();
  await span('remind', seconds(0.4));
  await span('escalate', seconds(0.8));
  await span('expire', seconds(1.2));
  const submission = opening();
  const handle = await start(submission);
  assert.equal(await handle.result(), 'expired');
  const events = await requestEvents(world.db, submission.requestNo);
  assert.deepEqual(
    events.map((event) => event.type),
    ['submitted', 'reminded', 'escalated', 'expired'],
  );
  assert.equal((await findMerchant(world.db, submission.merchantNo))?.status, 'rejected');
  let open = 0;
  for (const event of (await handle.fetchHistory()).events ?? []) {
    if (event.timerStartedEventAttributes) open += 1;
    if (event.timerFiredEventAttributes || event.timerCanceledEventAttributes) open -= 1;
    assert.ok(open <= 1, 'two timers at once');
  }
  await keep('reminded-escalated-expired', handle);
  await span('remind', 240);
  await span('escalate', 1440);
  await span('expire', 10_080);
  await stop();
});

test('a returned request expires too', async () => {
  const stop = await world.work();
  await span('returnedExpire', seconds(0.5));
  const handle = await start(opening());
  await giveBack(handle, (await view(handle)).revision);
  assert.equal(await handle.result(), 'expired');
  await keep('returned-expired', handle);
  await span('returnedExpire', 43_200);
  await stop();
});

test('a fault while it takes effect: the request waits as failed, is retried, and takes effect once', async () => {
  const stop = await world.work();
  const submission = opening();
  const handle = await start(submission);
  await view(handle);
  await world.asOwner(`alter table merchant_version add constraint broken check (request_no <> '${submission.requestNo}')`);
  const failed = await approve(handle);
  assert.deepEqual([failed?.accepted, failed?.state], [true, 'failed']);
  assert.equal((await findMerchant(world.db, submission.merchantNo))?.status, 'pending');
  assert.equal((await say(handle, 'retry', command('retry', clerk001, 2)))?.refusal, 'own_request');
  await world.asOwner('alter table merchant_version drop constraint broken');
  const retried = await say(handle, 'retry', command('retry', check001, 2));
  assert.deepEqual([retried?.accepted, retried?.state], [true, 'effective']);
  assert.equal(await handle.result(), 'effective');
  await keep('failed-retried', handle);
  await stop();
});

test('a failed request may be given up', async () => {
  const stop = await world.work();
  const submission = opening();
  const handle = await start(submission);
  await view(handle);
  await world.asOwner(`alter table merchant_version add constraint broken check (request_no <> '${submission.requestNo}')`);
  await approve(handle);
  await say(handle, 'abandon', command('abandon', check002, 2, { reason: '重新开户' }));
  assert.equal(await handle.result(), 'abandoned');
  await world.asOwner('alter table merchant_version drop constraint broken');
  assert.equal((await findMerchant(world.db, submission.merchantNo))?.status, 'rejected');
  await keep('failed-abandoned', handle);
  await stop();
});

test('an effect that a rule refuses goes back to its level with the reason', async () => {
  const stop = await world.work();
  const submission = opening();
  const handle = await start(submission);
  await view(handle);
  await world.db.execute(sql`update merchant set status = 'frozen' where merchant_no = ${submission.merchantNo}`);
  const back = await approve(handle);
  assert.deepEqual([back?.accepted, back?.refusal, back?.state, back?.level], [false, 'merchant_changed', 'submitted', 1]);
  assert.equal((await view(handle)).events.at(-1)?.refusal, 'merchant_changed');
  await world.db.execute(sql`update merchant set status = 'pending' where merchant_no = ${submission.merchantNo}`);
  assert.equal((await approve(handle))?.state, 'effective');
  await keep('effect-refused', handle);
  await stop();
});

test('no worker: start and decision are accepted; when one comes, both have their effect', async () => {
  const submission = opening();
  const handle = await start(submission);
  await tell(handle, 'decide', command('approve', check001, 1));
  await pause(300);
  assert.equal(await findMerchant(world.db, submission.merchantNo), null);
  const stop = await world.work();
  assert.equal(await handle.result(), 'effective');
  assert.equal((await findMerchant(world.db, submission.merchantNo))?.status, 'active');
  await keep('no-worker', handle);
  await stop();
});

test('a decision accepted in time is not lost to a worker that comes after the expiry', async () => {
  const first = await world.work();
  await span('expire', seconds(1.5));
  const submission = opening();
  const handle = await start(submission);
  await written(submission.requestNo);
  await first();
  await tell(handle, 'decide', command('approve', check001, 1));
  await pause(2500);
  const stop = await world.work();
  assert.equal(await handle.result(), 'effective');
  await span('expire', 10_080);
  await stop();
});

for (const cache of [0, 3]) {
  test(`a worker that keeps ${cache} workflows in memory serves 200 waiting requests`, async () => {
    const first = await world.work(cache);
    const handles = await Promise.all(Array.from({ length: 200 }, () => start(opening())));
    await Promise.all(handles.map((handle) => written(handle.workflowId)));
    await first();
    const stop = await world.work(cache);
    await Promise.all(handles.map((handle) => tell(handle, 'decide', command('approve', check001, 1))));
    const results = await Promise.all(handles.map((handle) => handle.result()));
    assert.ok(results.every((result) => result === 'effective'));
    const rows = await world.db.execute(
      sql`select count(*)::int as n from merchant m join ledger_account q on q.owner = m.merchant_no and q.code = '2241.10' where m.status = 'active' and m.opened_by in ${handles.map((handle) => handle.workflowId)}`,
    );
    assert.equal(rows[0]?.n, 200);
    await stop();
  });
}
