// A form is data: a list of fields gives its reading, its faults, its page and its detail view.
import type { Fault } from './checks.ts';

export interface FieldRule {
  key: string;
  /** Code points. */
  max: number;
  required: boolean;
  shape: 'text' | 'code' | 'choice' | 'ticks' | 'money' | 'rate' | 'date' | 'paragraph' | 'dual' | 'matrix';
  masked?: boolean;
  /** Filled by the page, not by hand. */
  fixed?: boolean;
}

/** What somebody typed, made even: outer blanks gone, codes without inner blanks and in capitals, several ticks as one text, unknown fields dropped. */
export function readFields(fields: readonly FieldRule[], typed: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    fields.map(({ key, shape }) => {
      const value = typed[key];
      const whole = Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(' ') : typeof value === 'string' ? value : '';
      const text = whole.replaceAll('\0', '').toWellFormed().normalize('NFC').replaceAll('\r\n', '\n').trim();
      return [key, shape === 'code' ? text.replaceAll(/\s/g, '').toUpperCase() : text];
    }),
  );
}

/** For lists of fields whose keys a type names. */
export const formOf = <Form extends Record<string, string>>(read: Record<string, string>): Form => read as Form;

/** Faults of emptiness, length, and characters nobody can see. */
export function shapeFaults(fields: readonly FieldRule[], form: Record<string, string>): Record<string, Fault> {
  const faults: Record<string, Fault> = {};
  for (const field of fields) {
    const fault = shapeFault(field, form[field.key] ?? '');
    if (fault) faults[field.key] = fault;
  }
  return faults;
}

export function shapeFault(field: FieldRule, value: string): Fault | null {
  if (value === '') return field.required ? 'required' : null;
  if ([...value].length > field.max) return 'too_long';
  return isInvisible(value) || (field.shape !== 'paragraph' && value.includes('\n')) ? 'control_character' : null;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const isInvisible = (value: string) => /[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.test(value);
