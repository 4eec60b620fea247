// 大写金额: the vectors, another implementation as oracle, and the reader.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { toCurrency } from 'n2words/zh-Hans-CN';
import { MAX_FEN } from '../../workflows/rules/money.ts';
import { amountInWords, readWords } from '../../workflows/rules/words.ts';

interface Vector {
  amount: string;
  fen: string;
  upper: string;
  alt?: string;
}
const vectors = JSON.parse(readFileSync('test/vectors/rmb-uppercase.json', 'utf8')) as Vector[];

test('every vector, written and read, in the canonical and the other official form', () => {
  assert.ok(vectors.length > 30);
  for (const { fen, upper, alt } of vectors) {
    assert.equal(amountInWords(Number(fen)), upper);
    for (const form of [upper, alt].filter((one) => one !== undefined)) {
      assert.equal(readWords(form), Number(fen), form);
      assert.equal(readWords(`人民币${form.replaceAll('元', '圆').replaceAll('整', '正')}`), Number(fen), form);
    }
  }
});

test('what no permitted form is cannot be read', () => {
  for (const words of ['', '元', '整', '壹', '壹佰', '壹拾壹拾元整', '壹角伍', '十元整', '壹元整整', '壹万壹万元整', '贰壹元整', '壹分伍角', '100元'])
    assert.equal(readWords(words), null, words);
});

test('any amount: written, read back, and the same as another implementation says', () => {
  const even = (text: string) => text.replaceAll('圆', '元').replaceAll('角整', '角').replaceAll('零', '').replace(/整$/, '');
  fc.assert(
    fc.property(fc.oneof(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: MAX_FEN })), (fen) => {
      const words = amountInWords(fen);
      assert.equal(readWords(words), fen);
      if (fen > 0) assert.equal(even(words), even(toCurrency(`${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`)));
    }),
    { numRuns: 3000 },
  );
});
