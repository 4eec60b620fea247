// Money never touches a float (rules.md, units and §5).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_SINGLE_FEN, readFen, readRatePpm, showFen } from '../../workflows/rules/money.ts';

test('amounts in yuan are read digit by digit, and everything doubtful is refused', () => {
  const rows: [string, number | null][] = [
    ['107000.53', 10_700_053],
    ['1,000.5', 100_050],
    ['0.01', 1],
    ['9,999,999,999.99', MAX_SINGLE_FEN],
    ['8.1', 810],
    ['1.15', 115],
    ['0', null],
    ['0.00', null],
    ['-1.00', null],
    ['1.005', null],
    ['1e5', null],
    ['１００', null],
    ['1,00.00', null],
    ['', null],
    ['00012.30', null],
    ['10000000000.00', null],
    ['NaN', null],
    ['.5', null],
    ['5.', null],
    ['1,000,00', null],
    [' 5', null],
    ['+5', null],
  ];
  for (const [typed, fen] of rows) assert.equal(readFen(typed), fen, typed);
});

test('what is shown is read back to the same fen', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: MAX_SINGLE_FEN }), (fen) => readFen(showFen(fen)) === fen));
  assert.equal(showFen(-100_050), '-1,000.50');
  assert.throws(() => showFen(0.5));
});

test('rates are parts per million', () => {
  for (const [typed, ppm] of [
    ['0.38', 3800],
    ['1.25', 12_500],
    ['0', 0],
    ['100', 1_000_000],
    ['100.01', null],
    ['-1', null],
    ['0.12345', null],
    ['1%', null],
  ] as const)
    assert.equal(readRatePpm(typed), ppm, typed);
});
