// Money is an integer number of fen; a typed amount in yuan is read digit by digit, never through a float.

/** Largest sum of the books, in fen. */
export const MAX_FEN = 999_999_999_999_999;
/** Largest single amount (a field of 12 digits), in fen. */
export const MAX_SINGLE_FEN = 999_999_999_999;

/** Reads an amount in yuan such as `1,000.5` into fen; null for anything else: signs, exponents, three decimals, misplaced commas, leading zeros, zero. */
export function readFen(typed: string): number | null {
  const plain = /^(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.\d{1,2})?$/.test(typed) ? typed.replaceAll(',', '') : null;
  if (plain === null) return null;
  const [yuan = '0', decimals = ''] = plain.split('.');
  if (yuan.length > 13) return null;
  const fen = Number(yuan) * 100 + Number(decimals.padEnd(2, '0'));
  return fen > 0 && fen <= MAX_SINGLE_FEN ? fen : null;
}

/** Fen to `1,234.50`. */
export function showFen(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new Error(`not an amount in fen: ${fen}`);
  const digits = String(Math.abs(fen)).padStart(3, '0');
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0 ? '-' : ''}${yuan}.${digits.slice(-2)}`;
}

/** Reads a rate in per cent (`0.38`) into parts per million; null unless between 0 and 100 with at most four decimals. */
export function readRatePpm(typed: string): number | null {
  if (!/^(?:0|[1-9]\d?|100)(?:\.\d{1,4})?$/.test(typed)) return null;
  const [whole = '0', decimals = ''] = typed.split('.');
  const ppm = Number(whole) * 10_000 + Number(decimals.padEnd(4, '0'));
  return ppm <= 1_000_000 ? ppm : null;
}
