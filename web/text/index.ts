// The two languages. `Text` is the shape of the Chinese dictionary; what is missing in the English one does not compile.
import { en } from './en.ts';
import { zh } from './zh.ts';

export type Widen<T> = T extends string ? string : T extends readonly (readonly [string, string])[] ? readonly (readonly [string, string])[] : T extends readonly string[] ? readonly string[] : { readonly [K in keyof T]: Widen<T[K]> };
export type Text = Widen<typeof zh>;

export const languages = { zh, en } as const satisfies Record<string, Text>;
export type Language = keyof typeof languages;
export const isLanguage = (name: unknown): name is Language => typeof name === 'string' && Object.hasOwn(languages, name);

/** Puts values into the `{holes}` of a sentence. */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (hole, key: string) => String(values[key] ?? hole));
}

/** A word of a table, or the code itself when the table does not know it. */
export function word(table: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(table, code) ? (table[code] ?? code) : code;
}
