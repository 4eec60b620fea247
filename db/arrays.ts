// Lists as PostgreSQL reads them. postgres.js quotes each element and looks through it twice, numbers too, which counts where a statement carries thirty lists.
import type postgres from 'postgres';

const INT4S = 1007;
const TEXTS = 1009;
const INT8S = 1016;

/** What a statement carries on such a connection. */
export type Parameter = string | number | null | readonly (string | null)[] | readonly (number | null)[];

const numbers = (list: readonly (number | null)[]): string => `{${list.map((one) => (one === null ? 'null' : one)).join(',')}}`;

function texts(list: readonly (string | null)[]): string {
  if (list.length === 0) return '{}';
  if (!list.includes(null) && !/["\\]/.test(list.join(''))) return `{"${list.join('","')}"}`;
  return `{${list.map((one) => (one === null ? 'null' : `"${one.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}

const APART = '\x1f';

/**
 * Texts as one, which PostgreSQL takes apart again (see `numbered`): it reads its own form of a list letter by letter. Throws where one is empty or has the letter
 * that joins them.
 */
export function joined(list: readonly string[]): string {
  if (list.some((one) => one === '' || one.includes(APART))) throw new Error('a text that cannot be joined');
  return list.join(APART);
}

/**
 * A statement with its parameters numbered as they come: `?` is one, `#` a list of texts that comes joined. Made once and sent with `unsafe`, where the driver's own way makes
 * a promise of each part and puts the text together each time.
 */
export function numbered(statement: string): string {
  let n = 0;
  return statement.replace(/[?#]/g, (mark) => {
    n += 1;
    return mark === '?' ? `$${n}` : `string_to_array($${n}, E'\\x1f')`;
  });
}

const of = <One>(to: number, write: (list: readonly One[]) => string): postgres.PostgresType => ({
  to,
  from: [],
  serialize: (value: readonly One[] | string) => (Array.isArray(value) ? write(value) : value),
  parse: (text) => text,
});

/** For a connection that carries lists of texts and numbers, and is never answered with one (`fetch_types` must be off, which would put the driver's own in their place). */
export const lists = { texts: of(TEXTS, texts), ints: of(INT4S, numbers), bigints: of(INT8S, numbers) };
