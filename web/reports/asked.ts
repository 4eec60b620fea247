// What a report is asked for, as its address says: read, with a fault beside each field that does not fit.
import { searchMerchants } from '../../db/merchants.ts';
import type { Order, Place } from '../../db/reports.ts';
import { calendarDay, typedDay } from '../../workflows/rules/calendar-day.ts';
import { type ReportName, type Scope, shapeOf } from '../../workflows/rules/reports.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { field, type SignedInCtx } from '../http.ts';
import { fill } from '../text/index.ts';

export const periods = ['today', 'yesterday', 'month', 'range'] as const;
type Period = (typeof periods)[number];
const MOST_DAYS = 366;
const DAY_MS = 86_400_000;

export interface Asked {
  name: ReportName;
  /** As typed: a number, a name, or initials. */
  merchant: string;
  period: Period;
  /** `2026-11-24`. */
  from: string;
  until: string;
  basis: Scope['basis'];
  order: Order | null;
  after: Place | null;
  /** Number of the first row of this page. */
  first: number;
  faults: Partial<Record<'merchant' | 'from' | 'until', string>>;
  /** Null while something is at fault. */
  scope: Scope | null;
}

/** Reads `source`, the query of an address or a posted form. */
export async function readAsked(ctx: SignedInCtx, name: ReportName, source: unknown): Promise<Asked> {
  const shape = shapeOf(name);
  const text = (key: string, max = 60) => field(source, key, max).trim();
  const period = periods.find((one) => one === text('period')) ?? (text('from') !== '' ? 'range' : 'today');
  const { period: asks } = shape.asks;
  const span = asks === 'now' || (asks === 'day' && period === 'month') ? 'today' : period;
  const days = daysOf(span, text('from', 10), text(asks === 'day' ? 'from' : 'until', 10));
  const faults: Asked['faults'] = {};
  const words = ctx.text.reports;
  const [from, until] = [calendarDay(days.from), calendarDay(days.until)];
  if (!from) faults.from = words.badDay;
  if (!until) faults.until = words.badDay;
  if (from && until && from > until) faults.until = words.turned;
  if (from && until && spanOf(days.from, days.until) > MOST_DAYS) faults.until = fill(words.tooLong, { n: MOST_DAYS });
  const merchant = shape.asks.merchant ? text('merchant') : '';
  const found = await merchantOf(ctx, merchant);
  if (found.fault) faults.merchant = found.fault;
  const basis = text('basis') === 'submitted' && shape.asks.basis ? 'submitted' : 'decided';
  const column = shape.columns.find((one) => one.key === text('sort') && one.sorts);
  const key = field(source, 'after', 80);
  const first = Number(text('n', 8));
  return {
    name,
    merchant: found.shown,
    period,
    from: days.from,
    until: days.until,
    basis,
    order: column ? { column: column.key, descending: text('dir') === 'desc' } : null,
    after: key === '' || (name === 'purchase-details' && !/^\d{1,15}$/.test(key)) ? null : { key, value: typedValue(field(source, 'value', 80), column?.kind) },
    first: Number.isSafeInteger(first) && first > 0 ? first : 1,
    faults,
    scope: from && until && Object.keys(faults).length === 0 ? { merchantNo: found.merchantNo, from, until, basis } : null,
  };
}

/** Of a column that is no text only a number goes into the query. */
const typedValue = (typed: string, kind: string | undefined) => (kind === 'text' || kind === 'day' || /^-?\d+(\.\d+)?$/.test(typed) ? typed : '0');
const spanOf = (from: string, until: string) => (Date.parse(until) - Date.parse(from)) / DAY_MS + 1;

function daysOf(period: Period, from: string, until: string): { from: string; until: string } {
  const today = typedDay(businessDate(Date.now()));
  const yesterday = typedDay(businessDate(Date.now() - DAY_MS));
  if (period === 'today') return { from: today, until: today };
  if (period === 'yesterday') return { from: yesterday, until: yesterday };
  return period === 'month' ? { from: `${today.slice(0, 8)}01`, until: today } : { from, until: until === '' ? from : until };
}

/** A number, or what only one merchant is called; a suggestion that was taken says both. */
async function merchantOf(ctx: SignedInCtx, typed: string): Promise<{ merchantNo: string; shown: string; fault?: string }> {
  if (typed === '') return { merchantNo: '', shown: '' };
  const words = ctx.text.reports;
  const rows = await searchMerchants(ctx.db, typed, 6);
  const [row] = rows;
  if (!row) return { merchantNo: '', shown: typed, fault: words.noMerchant };
  if (rows.length > 1)
    return {
      merchantNo: '',
      shown: typed,
      fault: fill(words.whichMerchant, { names: rows.map((one) => `${one.merchantNo} ${one.name}`).join(ctx.text.lang === 'en' ? ', ' : '、') }),
    };
  return { merchantNo: row.merchantNo, shown: `${row.merchantNo} ${row.name}` };
}

/** As an address carries it; `more` adds or takes away. */
export function addressOf(asked: Asked, more: Record<string, string | number | undefined> = {}): Record<string, string | number | undefined> {
  const { merchant, period, from, until, basis, order } = asked;
  const days = period === 'range' ? { from, until } : {};
  return {
    merchant,
    period,
    ...days,
    ...(basis === 'submitted' ? { basis } : {}),
    ...(order ? { sort: order.column, dir: order.descending ? 'desc' : 'asc' } : {}),
    ...more,
  };
}
