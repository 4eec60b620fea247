// The thread in which a web process takes messages of terminals: it answers as the exchange itself does, and what it dies of takes only what it was asked with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Send, TerminalClient } from '../../stack/terminal-client.ts';
import { openExchangeApart } from '../../web/terminal/apart.ts';
import type { Exchange } from '../../web/terminal/exchange.ts';
import type { MessageName } from '../../web/terminal/messages.ts';
import { onlineStories } from '../online.ts';
import { TERMINAL_KEY_SECRET } from '../world.ts';

const here = onlineStories({ over: () => here.booksHold() });
const open = () => openExchangeApart(here.world.databaseUrl, TERMINAL_KEY_SECRET);
/** Arrives as nothing, which nobody over there expects. */
const deadly = { body: '', toJSON: () => null } as never;
const straightTo =
  (exchange: Exchange): Send =>
  async (url, headers, body) => {
    const name = url.split('/').pop() as MessageName;
    const answer = await exchange.take({
      name,
      body,
      timestamp: headers['X-Timestamp'] ?? '',
      nonce: headers['X-Nonce'] ?? '',
      mac: headers['X-Mac'] ?? '',
      sender: '',
    });
    return { status: answer.status, mac: answer.mac ?? '', text: answer.body };
  };

test('the thread takes many at once, each once, and goes on after a message that it died of', async () => {
  const { merchantNo, terminals } = await here.openShop(10_000, 1);
  const exchange = open();
  assert.ok(terminals[0]);
  const terminal = new TerminalClient('', terminals[0].memory, straightTo(exchange));
  try {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => terminal.purchase(100, { traceNo: i + 1 })));
    assert.deepEqual(new Set(answers.map(({ code, genuine }) => `${code} ${genuine}`)), new Set(['00 true']));
    assert.equal(await here.available(merchantNo), 5000);

    await assert.rejects(exchange.take(deadly), /the thread of the exchange ended/);
    const repeated = await terminal.purchase(100, { traceNo: 50 });
    assert.equal(repeated.text, answers[49]?.text, 'the stored answer, byte for byte');
    assert.equal((await terminal.purchase(100, { traceNo: 51 })).code, '00');
    assert.equal(await here.available(merchantNo), 4900);

    assert.equal((await terminal.signOn()).code, '00');
    assert.equal((await terminal.purchase(100, { traceNo: 52 })).code, '00', 'under the key of the new sign-on');
    const totals = { debitCount: 52, debitFen: 5200, creditCount: 0, creditFen: 0 };
    assert.equal((await terminal.settle(totals, 53)).body.balanced, 1);
    assert.equal((await terminal.tell('purchase', { batchNo: 2, traceNo: 54, amountFen: 100 }, { key: '00'.repeat(32) })).status, 401);
  } finally {
    await exchange.close();
  }
  await assert.rejects(terminal.purchase(100, { traceNo: 55 }), /none is taken any more/);
});

test('a thread that dies at once is not started again and again', async () => {
  const exchange = open();
  try {
    await assert.rejects(exchange.take(deadly), /the thread of the exchange ended/);
    await assert.rejects(exchange.take(deadly), /there is no thread/);
    await assert.rejects(exchange.ready(), /there is no thread/);
    await pause(600);
    const asked = [exchange.ready(), exchange.take(deadly)];
    assert.deepEqual(
      (await Promise.allSettled(asked)).map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    await pause(600);
    await exchange.ready();
  } finally {
    await exchange.close();
  }
});

test('who is unknown, however many and however long their messages, takes neither the thread nor the place of a purchase', async () => {
  const { terminals } = await here.openShop(10_000, 1);
  const exchange = open();
  assert.ok(terminals[0]);
  const terminal = new TerminalClient('', terminals[0].memory, straightTo(exchange));
  try {
    assert.equal((await terminal.purchase(100)).code, '00');
    const nothing = { body: '\0'.repeat(999_999), timestamp: String(Date.now()), nonce: 'nonce-of-nobody', mac: '', sender: '203.0.113.7' };
    const long = Array.from({ length: 100 }, () => exchange.take({ name: 'batch-upload', ...nothing }));
    assert.deepEqual(new Set((await Promise.all(long)).map(({ status }) => status)), new Set([400]));

    const { merchantNo, terminalNo } = terminal.memory;
    const body = JSON.stringify({ merchantNo, terminalNo, batchNo: 1, traceNo: 9, amountFen: 1 });
    const strangers = Array.from({ length: 1500 }, (_, n) => exchange.take({ ...nothing, name: 'purchase', body, sender: `203.0.113.${n % 250}` }));
    const answers = await Promise.all([Promise.allSettled(strangers), terminal.purchase(100)]);
    const refused = answers[0].filter(({ status }) => status === 'rejected').length;
    assert.deepEqual([refused, answers[1].code], [500, '00']);
  } finally {
    await exchange.close();
  }
});
