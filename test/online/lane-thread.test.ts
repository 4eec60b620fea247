// The thread in which a web process decides 联机业务: it answers as the lanes themselves do, and what it dies of takes only what it was asked with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Incoming } from '../../db/online.ts';
import { openLanesApart } from '../../web/terminal/lanes.ts';
import { onlineStories } from '../online.ts';

const here = onlineStories({ over: () => here.booksHold() });

/** A purchase as the web hands it on, its signature already looked at. */
const purchaseOf = (merchantNo: string, terminalNo: string, traceNo: number): Incoming => ({
  message: { type: 'purchase', merchantNo, terminalNo, batchNo: 1, traceNo, amountFen: 100, original: null, reason: '', cardMask: '', cardHash: '' },
  ...{ content: 'purchase 100', keyNo: 1, sentMs: Date.now(), nonce: `nonce-${traceNo}` },
});

test('the thread decides many at once, each once, and goes on after a message that it died of', async () => {
  const { merchantNo, terminals } = await here.openShop(10_000, 1);
  const terminalNo = terminals[0]?.memory.terminalNo ?? '';
  const lanes = openLanesApart(here.world.databaseUrl);
  try {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => lanes.take(purchaseOf(merchantNo, terminalNo, i + 1))));
    assert.deepEqual(new Set(answers.map(({ code }) => code)), new Set(['00']));
    assert.equal(await here.available(merchantNo), 5000);

    await assert.rejects(lanes.take(null as never), /the thread of the lanes ended/);
    const repeated = await lanes.take(purchaseOf(merchantNo, terminalNo, 50));
    assert.equal(repeated.body, answers[49]?.body, 'the stored answer, byte for byte');
    assert.equal((await lanes.take(purchaseOf(merchantNo, terminalNo, 51))).code, '00');
    assert.equal(await here.available(merchantNo), 4900);
  } finally {
    await lanes.close();
  }
  await assert.rejects(lanes.take(purchaseOf(merchantNo, terminalNo, 52)), /none is taken any more/);
});

test('a thread that dies at once is not started again and again', async () => {
  const lanes = openLanesApart(here.world.databaseUrl);
  try {
    await assert.rejects(lanes.take(null as never), /the thread of the lanes ended/);
    await assert.rejects(lanes.take(null as never), /there is no thread/);
    await assert.rejects(lanes.ready(), /there is no thread/);
    await pause(600);
    const asked = [lanes.ready(), lanes.take(null as never)];
    assert.deepEqual(
      (await Promise.allSettled(asked)).map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    await pause(600);
    await lanes.ready();
  } finally {
    await lanes.close();
  }
});
