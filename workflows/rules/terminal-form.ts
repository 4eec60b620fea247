// 终端 as data (rules.md §3): fields of a registration, of which one form may carry several serial numbers, and of a change.
import { type Fault, hoursFault, phoneFault } from './checks.ts';
import { type FieldRule, formOf, readFields, shapeFaults } from './fields.ts';
import { readFen } from './money.ts';

export const transactionTypes = ['purchase', 'void', 'refund', 'balance'] as const;
/** So many terminals may be registered at once. */
export const MOST_TERMINALS = 20;

const common = [
  { key: 'model', max: 20, required: true, shape: 'choice' },
  { key: 'installAddress', max: 120, required: true, shape: 'text' },
  { key: 'phone', max: 20, required: true, shape: 'code', masked: true },
  { key: 'permitted', max: 60, required: true, shape: 'ticks' },
  { key: 'singleLimit', max: 16, required: false, shape: 'money' },
  { key: 'dailyLimit', max: 16, required: false, shape: 'money' },
  { key: 'businessHours', max: 11, required: false, shape: 'code' },
  { key: 'remark', max: 200, required: false, shape: 'paragraph' },
] as const satisfies readonly FieldRule[];

export const registrationFields = [
  { key: 'serialNo', max: 640, required: true, shape: 'paragraph' },
  { key: 'terminalNo', max: 8, required: false, shape: 'code' },
  ...common,
] as const satisfies readonly FieldRule[];
export const terminalChangeFields = common;

export type TerminalForm = Record<string, string> & Record<(typeof registrationFields)[number]['key'], string>;

export function readTerminalForm(typed: Record<string, unknown>): TerminalForm {
  return formOf(readFields(registrationFields, typed));
}

/** The serial numbers of a registration, one a line. */
export const serialNos = (text: string): string[] =>
  text
    .split(/[\s,，;；]+/)
    .map((one) => one.trim().toUpperCase())
    .filter(Boolean);

export function terminalFaults(form: Record<string, string>, registering: boolean): Record<string, Fault> {
  const faults = shapeFaults(registering ? registrationFields : terminalChangeFields, form);
  const set = (key: string, fault: Fault | null) => {
    if (fault && !faults[key] && form[key] !== '') faults[key] = fault;
  };
  set('phone', phoneFault(form.phone ?? ''));
  set('businessHours', hoursFault(form.businessHours ?? ''));
  for (const key of ['singleLimit', 'dailyLimit']) set(key, readFen(form[key] ?? '') === null ? 'money' : null);
  const types: readonly string[] = transactionTypes;
  set('permitted', (form.permitted ?? '').split(' ').every((one) => types.includes(one)) ? null : 'choice');
  if (!registering) return faults;
  const serials = serialNos(form.serialNo ?? '');
  if (serials.length > MOST_TERMINALS) set('serialNo', 'too_many');
  if (serials.some((one) => !/^[A-Z0-9-]{4,32}$/.test(one))) set('serialNo', 'alphabet');
  if (new Set(serials).size !== serials.length) set('serialNo', 'twice');
  set('terminalNo', /^\d{8}$/.test(form.terminalNo ?? '') ? (serials.length > 1 ? 'one_only' : null) : 'length');
  return faults;
}
