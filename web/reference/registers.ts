// 公共信息 as data: each list with its columns, what is wrong with a row, and how it is written.
import type { Reader, Tx } from '../../db/connect.ts';
import {
  areas,
  banks,
  calendarDays,
  mccs,
  putArea,
  putBanks,
  putCalendarDay,
  putMcc,
  removeArea,
  removeBank,
  removeCalendarDay,
  removeMcc,
} from '../../db/reference.ts';
import { putModel, removeModel, terminalModels } from '../../db/terminals.ts';
import { calendarDay, typedDay } from '../../workflows/rules/calendar-day.ts';
import { cnapsFault, type Fault } from '../../workflows/rules/checks.ts';
import { type FieldRule, shapeFaults } from '../../workflows/rules/fields.ts';

export type Row = Record<string, string>;

export interface Register {
  /** The first one is the key. */
  fields: readonly FieldRule[];
  list(db: Reader): Promise<Row[]>;
  put(tx: Tx, row: Row): Promise<void>;
  /** False when something still names it. */
  remove(tx: Tx, key: string): Promise<boolean>;
  fault?(row: Row): { key: string; fault: Fault } | null;
  /** Many rows at once, as lines of `code,name`. */
  putAll?(tx: Tx, rows: readonly Row[]): Promise<void>;
}

const code = (key: string, max: number): FieldRule => ({ key, max, required: true, shape: 'code' });
const text = (key: string, max: number, required = true): FieldRule => ({ key, max, required, shape: 'text' });
const digits = (key: string, n: number) => (row: Row) => (new RegExp(`^\\d{${n}}$`).test(row[key] ?? '') ? null : { key, fault: 'length' as const });
const get = (row: Row, key: string) => row[key] ?? '';

export const registers = {
  areas: {
    fields: [code('code', 4), text('name', 20), text('province', 20)],
    list: areas,
    put: (tx, row) => putArea(tx, { code: get(row, 'code'), name: get(row, 'name'), province: get(row, 'province') }),
    remove: removeArea,
    fault: digits('code', 4),
  },
  mccs: {
    fields: [code('code', 4), text('name', 40), text('category', 20)],
    list: mccs,
    put: (tx, row) => putMcc(tx, { code: get(row, 'code'), name: get(row, 'name'), category: get(row, 'category') }),
    remove: removeMcc,
    fault: digits('code', 4),
  },
  banks: {
    fields: [code('cnapsCode', 12), text('name', 80)],
    list: banks,
    put: (tx, row) => putBanks(tx, [{ cnapsCode: get(row, 'cnapsCode'), name: get(row, 'name') }]),
    remove: removeBank,
    fault: (row) => {
      const fault = cnapsFault(get(row, 'cnapsCode'));
      return fault && { key: 'cnapsCode', fault };
    },
    putAll: (tx, rows) =>
      putBanks(
        tx,
        rows.map((row) => ({ cnapsCode: get(row, 'cnapsCode'), name: get(row, 'name') })),
      ),
  },
  calendar: {
    fields: [{ key: 'date', max: 10, required: true, shape: 'date' }, { key: 'working', max: 5, required: true, shape: 'choice' }, text('note', 40, false)],
    list: async (db) =>
      (await calendarDays(db)).map(({ date, working, note }) => ({
        date: typedDay(date),
        working: working ? 'on' : 'off',
        note,
      })),
    put: (tx, row) => putCalendarDay(tx, { date: calendarDay(get(row, 'date')) ?? '', working: row.working === 'on', note: get(row, 'note') }),
    remove: (tx, date) => removeCalendarDay(tx, calendarDay(date) ?? ''),
    fault: (row) => {
      if (!calendarDay(get(row, 'date'))) return { key: 'date', fault: 'date' };
      return row.working === 'on' || row.working === 'off' ? null : { key: 'working', fault: 'choice' };
    },
  },
  models: {
    fields: [code('code', 20), text('name', 40)],
    list: terminalModels,
    put: (tx, row) => putModel(tx, { code: get(row, 'code'), name: get(row, 'name') }),
    remove: removeModel,
  },
} as const satisfies Record<string, Register>;

export type RegisterName = keyof typeof registers;
export const registerNames = Object.keys(registers) as RegisterName[];
export const isRegister = (name: string): name is RegisterName => Object.hasOwn(registers, name);
export const registerOf = (name: RegisterName): Register => registers[name];
export const keyOf = (register: Register): string => register.fields[0]?.key ?? '';

export function rowFaults(register: Register, row: Row): Record<string, Fault> {
  const faults = shapeFaults(register.fields, row);
  const own = Object.keys(faults).length === 0 ? register.fault?.(row) : null;
  return own ? { ...faults, [own.key]: own.fault } : faults;
}

/** Most lines that one import may have. */
export const MOST_LINES = 200_000;

/** Lines of `code,name` (comma or tab, quotes allowed around the name), whole or not at all: the first bad one is told with its number. */
export function readLines(register: Register, text: string): { rows: Row[] } | { line: number; fault: Fault } {
  const lines = text.split(/\r?\n/);
  if (lines.length > MOST_LINES) return { line: MOST_LINES, fault: 'too_many' };
  const rows = new Map<string, Row>();
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const [, first = '', second = ''] = /^([^,\t]*)[,\t]?(.*)$/.exec(line) ?? [];
    const [key = '', name = ''] = [first, second].map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    // A heading.
    if (i === 0 && !/\d/.test(key)) continue;
    const row = Object.fromEntries(register.fields.map((field, at) => [field.key, at === 0 ? key : at === 1 ? name : '']));
    const [fault] = Object.values(rowFaults(register, row));
    if (fault) return { line: i + 1, fault };
    rows.set(key, row);
  }
  return { rows: [...rows.values()] };
}
