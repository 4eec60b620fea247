// Working time over weekends, holidays and 调休, as tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { afterWorking, type Calendar, workingBetween } from '../../workflows/rules/calendar.ts';

/** Shanghai. */
const at = (text: string) => Date.parse(`${text}+08:00`);
const hours = (n: number) => n * 3_600_000;
const calendar: Calendar = { off: ['20261001', '20261002', '20261005', '20261006', '20261007'], on: ['20260920', '20261010'] };

const cases: [string, string, number, string][] = [
  ['within a working day', '2026-11-24T10:00:00', 4, '2026-11-24T14:00:00'],
  ['over a night', '2026-11-24T22:00:00', 4, '2026-11-25T02:00:00'],
  ['Friday evening and a day: Monday evening', '2026-11-27T18:00:00', 24, '2026-11-30T18:00:00'],
  ['submitted on a Saturday: counts from Monday', '2026-11-28T15:00:00', 4, '2026-11-30T04:00:00'],
  ['over the National Day week', '2026-09-30T12:00:00', 24, '2026-10-08T12:00:00'],
  ['a Saturday that is worked', '2026-10-09T12:00:00', 24, '2026-10-10T12:00:00'],
  ['a Sunday that is worked', '2026-09-20T09:00:00', 4, '2026-09-20T13:00:00'],
  ['exactly to the end of a day', '2026-11-27T20:00:00', 4, '2026-11-28T00:00:00'],
  ['nothing', '2026-11-28T15:00:00', 0, '2026-11-28T15:00:00'],
];

test('a span of working time ends where the table says', () => {
  for (const [name, since, span, end] of cases.slice(0, 8)) assert.equal(afterWorking(at(since), hours(span), calendar), at(end), name);
});

test('the way back: working time between the two is the span', () => {
  for (const [name, since, span, end] of cases) assert.equal(workingBetween(at(since), at(end), calendar), hours(span), name);
  assert.equal(workingBetween(at('2026-11-30T02:00:00'), at('2026-11-27T23:00:00'), calendar), -hours(3), 'overdue since before the weekend');
});

test('adding and measuring agree for every moment and span; without a calendar every hour counts', () => {
  const moment = fc.integer({ min: at('2026-08-01T00:00:00'), max: at('2026-12-31T00:00:00') });
  const span = fc.integer({ min: 1, max: hours(24 * 30) });
  fc.assert(
    fc.property(moment, span, (since, ms) => {
      assert.equal(workingBetween(since, afterWorking(since, ms, calendar), calendar), ms);
      assert.equal(afterWorking(since, ms, undefined), since + ms);
    }),
  );
});
