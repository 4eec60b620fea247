// 限额 (rules.md §7): what a merchant and a terminal may spend at once, in a day and in a month. Amounts in fen.
import { MAX_FEN } from './money.ts';

export interface Limits {
  /** Most fen of one purchase. */
  single: number;
  daily: number;
  monthly: number;
  /** Most purchases. */
  dailyCount: number;
  monthlyCount: number;
}

/** Approved purchases so far, of one merchant or terminal; what was voided or reversed is given back. */
export interface Turnover {
  /** `yyyymmdd` that the day's figures are of; those of an earlier day count for nothing. */
  day: string;
  dayCount: number;
  dayFen: number;
  month: string;
  monthCount: number;
  monthFen: number;
}
export const noTurnover = (day: string): Turnover => ({ day, dayCount: 0, dayFen: 0, month: day.slice(0, 6), monthCount: 0, monthFen: 0 });

/** The figures as they count on `day`. Another web's clock may be ahead: the day never goes back. */
export function turnoverOn(turnover: Turnover, asked: string): Turnover {
  const day = asked < turnover.day ? turnover.day : asked;
  const month = day.slice(0, 6);
  return {
    day,
    month,
    ...(turnover.day === day ? { dayCount: turnover.dayCount, dayFen: turnover.dayFen } : { dayCount: 0, dayFen: 0 }),
    ...(turnover.month === month ? { monthCount: turnover.monthCount, monthFen: turnover.monthFen } : { monthCount: 0, monthFen: 0 }),
  };
}

/** With one more purchase of `fen`, or one taken back (`times` −1) that was made on `madeOn`. */
export function withPurchase(turnover: Turnover, fen: number, times: 1 | -1, madeOn: string): Turnover {
  const sameDay = madeOn === turnover.day ? times : 0;
  const sameMonth = madeOn.slice(0, 6) === turnover.month ? times : 0;
  return {
    ...turnover,
    dayCount: turnover.dayCount + sameDay,
    dayFen: turnover.dayFen + sameDay * fen,
    monthCount: turnover.monthCount + sameMonth,
    monthFen: turnover.monthFen + sameMonth * fen,
  };
}

/** 61 when an amount would pass its limit, 65 when a count would; null when neither does. */
export function limitRefusal(limits: Limits, turnover: Turnover, fen: number): '61' | '65' | null {
  if (fen > limits.single || turnover.dayFen + fen > limits.daily || turnover.monthFen + fen > limits.monthly) return '61';
  return turnover.dayCount + 1 > limits.dailyCount || turnover.monthCount + 1 > limits.monthlyCount ? '65' : null;
}

/** A limit as a parameter says it: `off`, or a number (fen or count). */
export const limitOf = (value: string | undefined): number => (value === undefined || value === 'off' ? MAX_FEN : Number(value));

export type GeneralLimits = Record<'merchant' | 'terminal', Limits>;
const names = ['single', 'daily', 'monthly', 'dailyCount', 'monthlyCount'] as const;
/** Those of everybody: the parameters `limit.<merchant or terminal>.<name>`. */
export function generalLimits(policies: ReadonlyMap<string, string>): GeneralLimits {
  const limitsOf = (of: string) => Object.fromEntries(names.map((name) => [name, limitOf(policies.get(`limit.${of}.${name}`))])) as unknown as Limits;
  return { merchant: limitsOf('merchant'), terminal: limitsOf('terminal') };
}

/** Own limits where a record has them, else the general ones. */
export const limitsFrom = (own: { single?: number | null; daily?: number | null; monthly?: number | null }, general: Limits): Limits => ({
  ...general,
  single: own.single ?? general.single,
  daily: own.daily ?? general.daily,
  monthly: own.monthly ?? general.monthly,
});

/** Whether `at` (`hh:mm`) lies within `from-to`; a span that ends before it begins goes over midnight. Without hours everything does. */
export function withinHours(hours: string, at: string): boolean {
  const [from = '', to = ''] = hours.split('-');
  if (from === '' || to === '') return true;
  return from <= to ? at >= from && at <= to : at >= from || at <= to;
}
