// Lists as PostgreSQL reads them. postgres.js quotes each element and looks through it twice, numbers too, which counts where a statement carries thirty lists.
import type postgres from 'postgres';

const INT4S = 1007;
const TEXTS = 1009;
const INT8S = 1016;

const numbers = (list: readonly (number | null)[]): string => `{${list.map((one) => (one === null ? 'null' : one)).join(',')}}`;

function texts(list: readonly (string | null)[]): string {
  if (list.length === 0) return '{}';
  if (!list.includes(null) && !/["\\]/.test(list.join(''))) return `{"${list.join('","')}"}`;
  return `{${list.map((one) => (one === null ? 'null' : `"${one.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}

const APART = '\x1f';

/**
 * Texts in a statement, none of them empty: joined by a letter that none has, and taken apart by PostgreSQL, which reads its own form of a list letter by letter.
 * Throws where one is empty or has that letter.
 */
export function joined(run: postgres.Sql, list: readonly string[]) {
  if (list.some((one) => one === '' || one.includes(APART))) throw new Error('a text that cannot be joined');
  return run`string_to_array(${list.join(APART)}, E'\\x1f')`;
}

const of = <One>(to: number, write: (list: readonly One[]) => string): postgres.PostgresType => ({
  to,
  from: [],
  serialize: (value: readonly One[] | string) => (Array.isArray(value) ? write(value) : value),
  parse: (text) => text,
});

/** For a connection that carries lists of texts and numbers, and is never answered with one (`fetch_types` must be off, which would put the driver's own in their place). */
export const lists = { texts: of(TEXTS, texts), ints: of(INT4S, numbers), bigints: of(INT8S, numbers) };
