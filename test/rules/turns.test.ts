// Passwords are checked one at a time, addresses in turn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { inTurn, MOST_WAITING } from '../../web/auth/turns.ts';

test('whoever sends fifty waits in a line of their own: the one who comes last from elsewhere is second, and never are two checked at once', async () => {
  const order: string[] = [];
  let under = 0;
  const work = (name: string) => async () => {
    under += 1;
    assert.equal(under, 1);
    await pause(1);
    order.push(name);
    under -= 1;
  };
  const thief = Array.from({ length: 40 }, (_, i) => inTurn('thief', work(`thief ${i}`)));
  const people = ['a', 'b'].map((name) => inTurn(name, work(name)));
  await Promise.all([...thief, ...people]);
  assert.ok(order.indexOf('a') <= 3 && order.indexOf('b') <= 4, order.slice(0, 6).join());
  assert.equal(order.length, 42);
});

test('too many from one address are sent away, and a check that fails fails alone', async () => {
  const many = Array.from({ length: MOST_WAITING + 10 }, () => inTurn('crowd', () => pause(0)));
  const answers = await Promise.all(many);
  assert.ok(answers.filter((answer) => answer === null).length >= 9);
  await assert.rejects(
    inTurn('x', () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await inTurn('x', async () => 'fine'), 'fine');
});
