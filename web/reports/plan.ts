// How a report looks as a workbook: everything that is written in it but its rows, in the language of whoever asked. It travels to the worker as it is.

import type { BookPlan, SheetPlan } from '../../stack/workbook.ts';
import { type Column, type ReportName, shapeOf, type WordsOf } from '../../workflows/rules/reports.ts';
import { responseCodes } from '../../workflows/rules/response-codes.ts';
import { businessDate, shanghaiTime } from '../../workflows/rules/time.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text } from '../text/index.ts';
import type { Asked } from './asked.ts';

export function headOf(text: Text, name: ReportName, key: string): string {
  const own: Readonly<Record<string, string>> = text.reports.own;
  const all: Readonly<Record<string, string>> = text.reports.columns;
  return own[`${name}.${key}`] ?? all[key] ?? key;
}

/** Names of the codes that a column holds. */
export function wordsFor(text: Text, of: WordsOf): Readonly<Record<string, string>> {
  if (of === 'codes') return Object.fromEntries(Object.entries(responseCodes).map(([code, { zh, en }]) => [code, text.lang === 'en' ? en : zh]));
  if (of === 'marks' || of === 'exceptions' || of === 'entries') return text.reports[of];
  if (of === 'states') return { ...text.states, voidedTopUp: text.reports.voidedTopUp };
  return text[of];
}

/** What stands under the title, on paper and in the file. */
export function linesOf(ctx: SignedInCtx, asked: Asked, { closedAt, pending }: { closedAt: number | null; pending: number }, now: number): string[] {
  const words = ctx.text.reports;
  const { asks } = shapeOf(asked.name);
  const period =
    asks.period === 'now'
      ? []
      : [`${words.period}: ${asked.from === asked.until ? asked.from : `${asked.from} — ${asked.until}`}${asks.basis ? ` (${words.bases[asked.basis]})` : ''}`];
  const merchant = asks.merchant ? [`${words.merchant}: ${asked.merchant || words.all}`] : [];
  const reach = asks.period !== 'now' && closedAt !== null ? shanghaiTime(closedAt) : `${shanghaiTime(now)}${asks.period === 'now' ? '' : ` (${words.open})`}`;
  return [
    [...period, ...merchant, words.unit].join('    '),
    [
      `${words.madeAt}: ${shanghaiTime(now)}`,
      `${words.madeBy}: ${ctx.user.name} ${ctx.user.code}`,
      `${words.until}: ${reach}`,
      fill(words.pending, { n: pending }),
    ].join('    '),
  ];
}

export function planOf(ctx: SignedInCtx, asked: Asked, standing: { closedAt: number | null; pending: number }, now: number): BookPlan {
  const { text } = ctx;
  const words = text.reports;
  const shape = shapeOf(asked.name);
  const columns = shape.columns.map((column) => sheetColumn(text, asked.name, column));
  const sheet: SheetPlan = {
    name: words.titles[asked.name],
    columns,
    numberHead: words.no,
    totalWord: words.total,
    subtotalWord: words.subtotal,
    signatures: fill(words.signatures, { name: ctx.user.name }),
    ...(shape.group === undefined ? {} : { group: shape.group }),
    ...(shape.per === undefined ? {} : { per: shape.per }),
    after: [
      ...(shape.columns.some(({ key }) => key === 'receivedFen') ? [{ kind: 'words' as const, label: words.inWords, column: 'receivedFen' }] : []),
      ...(shape.check ? [{ kind: 'check' as const, signs: shape.check, good: words.good, bad: words.bad }] : []),
    ],
  };
  const tally = { by: 'type', of: 'amountFen', words: text.transactionTypes, sentence: words.tally };
  const apart: SheetPlan = { ...sheet, name: words.apart, columns: columns.map(({ sum: _sum, ...column }) => column), after: [] };
  const sheets = shape.apart ? [{ ...sheet, tally }, apart] : [sheet];
  return { title: words.titles[asked.name], lines: linesOf(ctx, asked, standing, now), sheets, pageFoot: words.pageFoot };
}

function sheetColumn(text: Text, name: ReportName, { key, kind, width, sum, words }: Column): SheetPlan['columns'][number] {
  return { key, kind, width, head: headOf(text, name, key), ...(sum ? { sum } : {}), ...(words ? { words: wordsFor(text, words) } : {}) };
}

/** `商户充值明细报表_898210154110002_20260301-20260331_20260401093015.xlsx`. */
export function fileNameOf(text: Text, asked: Asked, now: number): string {
  const { asks } = shapeOf(asked.name);
  const merchant = asked.scope?.merchantNo ? [asked.scope.merchantNo] : asks.merchant ? [text.reports.all] : [];
  const days = asks.period === 'now' ? [businessDate(now)] : asks.period === 'day' ? [asked.scope?.from ?? ''] : [`${asked.scope?.from}-${asked.scope?.until}`];
  return `${[text.reports.titles[asked.name], ...merchant, ...days, shanghaiTime(now).replace(/\D/g, '')].join('_')}.xlsx`;
}
