// Open pages take turns: a few hear at once, hundreds one after the other, and none too often.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { PageTurns } from '../../web/live/page-turns.ts';

const pages = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));
let told: number[] = [];
let turns = new PageTurns<{ n: number }>(() => undefined);
beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_795_600_000_000 });
  told = [];
  turns = new PageTurns(({ n }) => told.push(n));
});
afterEach(() => {
  turns.close();
  mock.timers.reset();
});
/** Lets time go on in steps of 1 ms, as timers that set timers need it. */
const after = (ms: number) => {
  for (let i = 0; i < ms; i++) mock.timers.tick(1);
};

test('one page, and each of a few, hears at once', () => {
  turns.add(pages(3));
  after(60);
  assert.deepEqual(told, [0, 1, 2]);
});

test('two hundred pages look again one after the other, about forty a second, from the first moment on', () => {
  turns.add(pages(200));
  after(100);
  assert.ok(told.length >= 3 && told.length <= 5, `${told.length}`);
  after(900);
  assert.ok(told.length >= 36 && told.length <= 41, `${told.length}`);
  after(4500);
  assert.deepEqual(told, [...Array(200).keys()]);
});

test('news without end: nobody hears more than every two seconds, and everybody in turn', () => {
  const [few, many] = [pages(2), pages(120)];
  for (let i = 0; i < 60; i++) {
    turns.add(few);
    after(100);
  }
  assert.deepEqual(told, [0, 1, 0, 1, 0, 1]);
  after(2100);
  told.length = 0;
  for (let i = 0; i < 60; i++) {
    turns.add(many);
    after(100);
  }
  const times = many.map(({ n }) => told.filter((one) => one === n).length);
  assert.ok(Math.min(...times) >= 1 && Math.max(...times) <= 2, times.join(' '));
});

test('a page that rests keeps nobody waiting, and one that left is not told', () => {
  const [first, second, third] = pages(3) as [{ n: number }, { n: number }, { n: number }];
  turns.add([first]);
  after(5);
  turns.add([first]);
  after(200);
  turns.add([second, third]);
  turns.drop(third);
  after(30);
  assert.deepEqual(told, [0, 1]);
  after(2000);
  assert.deepEqual(told, [0, 1, 0]);
});

test('a clock that is put back silences nobody, and nothing is told after the end', () => {
  const [first, second] = pages(2) as [{ n: number }, { n: number }];
  turns.add([first]);
  after(30);
  mock.timers.setTime(Date.now() - 3_600_000);
  turns.add([first, second]);
  after(60);
  assert.deepEqual(told, [0, 0, 1]);
  turns.close();
  turns.add([first]);
  after(3000);
  assert.equal(told.length, 3);
});
