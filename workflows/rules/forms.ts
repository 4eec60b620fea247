// Requests of few fields as data: freezing, restoring, cancelling, money, parameters. Amounts are typed in yuan.
import { calendarDay } from './calendar-day.ts';
import type { Fault } from './checks.ts';
import { type FieldRule, shapeFaults } from './fields.ts';
import type { Kind } from './kinds.ts';
import { FROZEN, isAccountCode } from './ledger.ts';
import { readFen } from './money.ts';
import { registrationFields, terminalChangeFields } from './terminal-form.ts';

const reason = { key: 'reason', max: 200, required: true, shape: 'paragraph' } as const satisfies FieldRule;
const amount = { key: 'amount', max: 20, required: true, shape: 'money' } as const satisfies FieldRule;

export const reasonFields = [reason] as const satisfies readonly FieldRule[];
export const terminalCancellationFields = [{ key: 'terminalNos', max: 400, required: true, shape: 'ticks' }, reason] as const satisfies readonly FieldRule[];
export const topUpFields = [
  amount,
  { key: 'amountInWords', max: 60, required: true, shape: 'text', fixed: true },
  { key: 'payerName', max: 80, required: true, shape: 'text' },
  { key: 'payerAccountNo', max: 32, required: true, shape: 'code', masked: true },
  { key: 'payerBank', max: 80, required: false, shape: 'text' },
  { key: 'slipNo', max: 40, required: false, shape: 'code' },
  { key: 'remittedOn', max: 10, required: false, shape: 'date' },
  { key: 'remark', max: 200, required: false, shape: 'paragraph' },
] as const satisfies readonly FieldRule[];
export const topUpVoidFields = [{ key: 'topUpNo', max: 16, required: true, shape: 'code', fixed: true }, reason] as const satisfies readonly FieldRule[];
export const quotaRefundFields = [amount, reason] as const satisfies readonly FieldRule[];
export const lineReturnFields = [{ key: 'lineId', max: 16, required: true, shape: 'code', fixed: true }, reason] as const satisfies readonly FieldRule[];
export const adjustmentFields = [
  { key: 'debitAccount', max: 7, required: true, shape: 'choice' },
  { key: 'debitOwner', max: 32, required: false, shape: 'code' },
  { key: 'creditAccount', max: 7, required: true, shape: 'choice' },
  { key: 'creditOwner', max: 32, required: false, shape: 'code' },
  amount,
  reason,
] as const satisfies readonly FieldRule[];
export const policyFields = [
  { key: 'policyKey', max: 60, required: true, shape: 'choice' },
  { key: 'policyValue', max: 200, required: true, shape: 'text' },
  reason,
] as const satisfies readonly FieldRule[];

/** Faults of any of these forms that the form alone shows. */
export function formFaults(fields: readonly FieldRule[], form: Record<string, string>): Record<string, Fault> {
  const faults = shapeFaults(fields, form);
  for (const { key, shape } of fields) {
    const value = form[key] ?? '';
    if (faults[key] || value === '') continue;
    if (shape === 'money' && readFen(value) === null) faults[key] = 'money';
    if (shape === 'date' && !calendarDay(value)) faults[key] = 'date';
  }
  return faults;
}

/** 调账: both accounts exist, differ, and belong to somebody where they must. */
export function adjustmentFaults(form: Record<string, string>): Record<string, Fault> {
  const faults = formFaults(adjustmentFields, form);
  for (const side of ['debit', 'credit'] as const) {
    const [account, owner] = [form[`${side}Account`] ?? '', form[`${side}Owner`] ?? ''];
    if (account !== '' && !isAdjustable(account)) faults[`${side}Account`] = 'choice';
    else if (account !== '' && ownedAccounts.includes(account) !== (owner !== '')) faults[`${side}Owner`] = owner === '' ? 'required' : 'not_owned';
  }
  if (form.debitAccount === form.creditAccount && form.debitOwner === form.creditOwner && form.debitAccount) faults.creditAccount ??= 'same_account';
  return faults;
}

/** What is frozen belongs to an open refund, which must find it. */
export const isAdjustable = (code: string): boolean => isAccountCode(code) && code !== FROZEN;

/** Accounts that are kept per merchant or bank account. */
export const ownedAccounts: readonly string[] = ['1002.01', '2241.10', '2241.11'];

/** Fields that the page and the print form of a request show, for kinds other than a merchant's own form. */
export const shownFields: Partial<Record<Kind, readonly string[]>> = {
  merchantFreeze: ['reason'],
  merchantRestore: ['reason'],
  merchantCancellation: ['reason'],
  terminalRegistration: registrationFields.map((field) => field.key),
  terminalChange: ['terminalNo', ...terminalChangeFields.map((field) => field.key)],
  terminalCancellation: ['terminalNos', 'reason'],
  topUp: topUpFields.map((field) => field.key),
  topUpVoid: ['topUpNo', 'amount', 'reason'],
  quotaRefund: ['amount', 'reason'],
  lineReturn: ['payerName', 'payerAccountNo', 'amount', 'bookedOn', 'reason'],
  adjustment: adjustmentFields.map((field) => field.key),
  policyChange: ['policyKey', 'policyBefore', 'policyValue', 'reason'],
  accessChange: ['reason'],
};
