// 大写金额, 《支付结算办法》附一: the canonical form, and a reader that takes every permitted one.
import { MAX_FEN } from './money.ts';

const digits = '零壹贰叁肆伍陆柒捌玖';
const units = ['', '拾', '佰', '仟'];

/** Fen to 人民币 words without the word 人民币: 10700053 → 壹拾万柒仟元零伍角叁分. */
export function amountInWords(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0 || fen > MAX_FEN) throw new RangeError(`not an amount in fen: ${fen}`);
  if (fen === 0) return '零元整';
  const [yuan, jiao, cent] = [Math.floor(fen / 100), Math.floor(fen / 10) % 10, fen % 10];
  const whole = yuan === 0 ? '' : `${yuanInWords(yuan)}元`;
  if (jiao === 0 && cent === 0) return `${whole}整`;
  const zero = yuan > 0 && (jiao === 0 || yuan % 10 === 0) ? '零' : '';
  return `${whole}${zero}${jiao > 0 ? `${digits[jiao]}角` : ''}${cent > 0 ? `${digits[cent]}分` : ''}`;
}

/** The same of a sum, which may be below nothing: 负壹佰元整. */
export const sumInWords = (fen: number): string => (fen < 0 ? `负${amountInWords(-fen)}` : amountInWords(fen));

/** Groups of four from the top: 万亿, 亿, 万 and the rest; 亿 is written once. */
function yuanInWords(yuan: number): string {
  let text = '';
  let skipped = false;
  const groups = [1e12, 1e8, 1e4, 1].map((base) => Math.floor(yuan / base) % 1e4);
  for (const [i, group] of groups.entries()) {
    const unit = ['万', '亿', '万', ''][i] ?? '';
    if (group > 0) {
      text += (text !== '' && (group < 1000 || skipped) ? '零' : '') + groupInWords(group) + unit;
      skipped = false;
    } else if (text !== '') {
      if (i === 1) text += unit;
      skipped = true;
    }
  }
  return text;
}

/** 1 to 9999, with one 零 for any run of zeros between digits. */
function groupInWords(group: number): string {
  let text = '';
  let zeros = false;
  for (const [i, letter] of [...String(group)].entries()) {
    const digit = Number(letter);
    const unit = units[String(group).length - 1 - i] ?? '';
    if (digit > 0) text += (zeros && text !== '' ? '零' : '') + (digits[digit] ?? '') + unit;
    zeros = digit === 0;
  }
  return text;
}

/** Words to fen; null for what no permitted form of an amount is. Takes 圆 and 正, 整 after 角, and each optional 零. */
export function readWords(words: string): number | null {
  const plain = words
    .trim()
    .replace(/^人民币/, '')
    .replaceAll('圆', '元')
    .replaceAll('正', '整');
  const bare = plain.replaceAll('零', '').replace(/整$/, '');
  const [, yuanWords = '', jiao = '', cent = ''] = /^(?:([^元角分整]*)元)?(?:(.)角)?(?:(.)分)?$/.exec(bare) ?? [];
  const digit = (letter: string) => (letter === '' ? 0 : digits.indexOf(letter));
  const yuan = readYuan(yuanWords);
  if (yuan === null || digit(jiao) < 0 || digit(cent) < 0) return null;
  const fen = yuan * 100 + digit(jiao) * 10 + digit(cent);
  if (!Number.isSafeInteger(fen) || fen > MAX_FEN) return null;
  if (fen === 0) return plain === '零元整' || plain === '零元' ? 0 : null;
  // The same amount written by the rule must differ in nothing but 零 and 整; 整 never stands after 分, 零 never before nothing.
  const same = amountInWords(fen).replaceAll('零', '').replace(/整$/, '') === bare.replace(/^元/, '');
  return same && !/分整$|零$|零零/.test(plain) ? fen : null;
}

function readYuan(words: string): number | null {
  const [high = '', low] = words.includes('亿') ? words.split(/亿(?!.*亿)/) : ['', words];
  const [above, below] = [readBelowYi(high), readBelowYi(low ?? '')];
  return above === null || below === null ? null : above * 1e8 + below;
}

function readBelowYi(words: string): number | null {
  const [high = '', low] = words.includes('万') ? words.split(/万(?!.*万)/) : ['', words];
  const [above, below] = [readGroup(high), readGroup(low ?? '')];
  return above === null || below === null ? null : above * 1e4 + below;
}

function readGroup(words: string): number | null {
  let value = 0;
  for (const [, letter = '', unit = ''] of words.matchAll(/([壹贰叁肆伍陆柒捌玖])([拾佰仟]?)/g)) value += digits.indexOf(letter) * 10 ** units.indexOf(unit);
  return /^(?:[壹贰叁肆伍陆柒捌玖][拾佰仟]?)*$/.test(words) ? value : null;
}
