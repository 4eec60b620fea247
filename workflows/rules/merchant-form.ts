// 商户开户 as data: one list of fields gives the form, its reading, its faults, the differences and the detail view.
import { cnapsFault, corporateAccountFault, emailFault, type Fault, hoursFault, idCardFault, mobileFault, personalAccountFault, usccFault } from './checks.ts';
import { type FieldRule, formOf, readFields, shapeFault } from './fields.ts';
import { readFen, readRatePpm } from './money.ts';

export const merchantFields = [
  { key: 'merchantNo', part: 'identity', max: 15, required: true, shape: 'code' },
  { key: 'merchantName', part: 'identity', max: 60, required: true, shape: 'text' },
  { key: 'shortName', part: 'identity', max: 20, required: true, shape: 'text' },
  { key: 'englishName', part: 'identity', max: 60, required: false, shape: 'text' },
  { key: 'uscc', part: 'identity', max: 18, required: true, shape: 'code' },
  { key: 'legalRepresentative', part: 'identity', max: 30, required: true, shape: 'text' },
  { key: 'idCardNo', part: 'identity', max: 18, required: true, shape: 'code', masked: true },
  { key: 'mcc', part: 'business', max: 4, required: true, shape: 'choice' },
  { key: 'areaCode', part: 'business', max: 4, required: true, shape: 'choice' },
  { key: 'businessAddress', part: 'business', max: 120, required: true, shape: 'text' },
  { key: 'businessHours', part: 'business', max: 11, required: false, shape: 'code' },
  { key: 'contactName', part: 'business', max: 30, required: true, shape: 'text' },
  { key: 'contactMobile', part: 'business', max: 11, required: true, shape: 'code', masked: true },
  { key: 'financeContact', part: 'business', max: 60, required: false, shape: 'text' },
  { key: 'email', part: 'business', max: 80, required: false, shape: 'text' },
  { key: 'accountManager', part: 'business', max: 30, required: false, shape: 'text' },
  { key: 'accountType', part: 'settlement', max: 10, required: true, shape: 'choice' },
  { key: 'openingBankName', part: 'settlement', max: 80, required: true, shape: 'choice' },
  { key: 'cnapsCode', part: 'settlement', max: 12, required: true, shape: 'code' },
  { key: 'accountName', part: 'settlement', max: 80, required: true, shape: 'text' },
  { key: 'settlementAccountNo', part: 'settlement', max: 32, required: true, shape: 'code', masked: true },
  { key: 'feeRate', part: 'terms', max: 8, required: false, shape: 'rate' },
  { key: 'feeCap', part: 'terms', max: 16, required: false, shape: 'money' },
  { key: 'singleLimit', part: 'terms', max: 16, required: false, shape: 'money' },
  { key: 'dailyLimit', part: 'terms', max: 16, required: false, shape: 'money' },
  { key: 'monthlyLimit', part: 'terms', max: 16, required: false, shape: 'money' },
  { key: 'remark', part: 'terms', max: 200, required: false, shape: 'paragraph' },
] as const satisfies readonly MerchantRule[];

interface MerchantRule extends FieldRule {
  part: 'identity' | 'business' | 'settlement' | 'terms';
}
export type MerchantField = (typeof merchantFields)[number]['key'];
export type MerchantForm = Record<MerchantField, string>;
export type FormFaults = Partial<Record<MerchantField | 'businessLicense', Fault>>;
export const merchantParts = ['identity', 'business', 'settlement', 'terms'] as const;
export const accountTypes = ['corporate', 'personal'] as const;
/** Fields of any form whose values are shown masked. */
export const maskedFields: readonly string[] = [...merchantFields.filter((field) => 'masked' in field).map((field) => field.key), 'payerAccountNo', 'phone'];

/** What somebody typed, made even; unknown fields dropped. */
export const readMerchantForm = (typed: Record<string, unknown>): MerchantForm => formOf(readFields(merchantFields, typed));

export interface MerchantTerms {
  feePpm: number;
  /** Fen; null where the form leaves it open. */
  feeCapFen: number | null;
  singleLimitFen: number | null;
  dailyLimitFen: number | null;
  monthlyLimitFen: number | null;
}

/** What a form says about fee and limits. */
export const termsOf = ({ feeRate, feeCap, singleLimit, dailyLimit, monthlyLimit }: MerchantForm): MerchantTerms => ({
  feePpm: readRatePpm(feeRate) ?? 0,
  feeCapFen: readFen(feeCap),
  singleLimitFen: readFen(singleLimit),
  dailyLimitFen: readFen(dailyLimit),
  monthlyLimitFen: readFen(monthlyLimit),
});

/** Faults that the form alone shows; `today` is yyyymmdd. Whether areas, banks and numbers exist is asked of the tables by the web. */
export function merchantFormFaults(form: MerchantForm, today: string): FormFaults {
  const faults: FormFaults = {};
  for (const field of merchantFields) {
    const value = form[field.key];
    const fault = shapeFault(field, value) ?? (value === '' ? null : fieldFault(field.key, value, form, today));
    if (fault) faults[field.key] = fault;
  }
  return faults;
}

function fieldFault(key: MerchantField, value: string, form: MerchantForm, today: string): Fault | null {
  switch (key) {
    case 'merchantNo':
      return /^\d+$/.test(value) ? (value.length === 15 ? null : 'length') : 'not_digits';
    case 'uscc':
      return usccFault(value);
    case 'idCardNo':
      return idCardFault(value, today);
    case 'cnapsCode':
      return cnapsFault(value);
    case 'accountType':
      return (accountTypes as readonly string[]).includes(value) ? null : 'choice';
    case 'settlementAccountNo':
      return form.accountType === 'personal' ? personalAccountFault(value) : corporateAccountFault(value);
    case 'contactMobile':
      return mobileFault(value);
    case 'email':
      return emailFault(value);
    case 'businessHours':
      return hoursFault(value);
    case 'feeRate':
      return readRatePpm(value) === null ? 'rate' : null;
    case 'feeCap':
    case 'singleLimit':
    case 'dailyLimit':
    case 'monthlyLimit':
      return readFen(value) === null ? 'money' : null;
    default:
      return null;
  }
}

/** Keeps the ends of an account, ID or phone number: `6222****5670`. */
export function mask(value: string): string {
  return value.length <= 8 ? '••••' : `${value.slice(0, 4)}${'•'.repeat(Math.min(8, value.length - 8))}${value.slice(-4)}`;
}
