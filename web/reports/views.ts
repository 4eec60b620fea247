// A report on the screen and on paper: the query form, the rows with their sums, and the way to Excel.
import type { KeyedRow, Totals } from '../../db/reports.ts';
import { typedDay } from '../../workflows/rules/calendar-day.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { type Column, PREVIEW_ROWS, type ReportRow, remainder, shapeOf } from '../../workflows/rules/reports.ts';
import { sumInWords } from '../../workflows/rules/words.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { layout, shell, token } from '../ui/layout.ts';
import { notice, options, pager, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { type Asked, addressOf, periods } from './asked.ts';
import { headOf, wordsFor } from './plan.ts';

export interface Shown {
  rows: readonly KeyedRow[];
  more: boolean;
  totals: Totals;
  lines: readonly string[];
  /** Sums of groups that end on this page, by the key of their last row. */
  subtotals: ReadonlyMap<string | number, { rows: number; sums: ReportRow }>;
}

/** A value as people read it. */
function valueShown(text: Text, column: Column, value: ReportRow[string] | undefined): string {
  if (value === null || value === undefined || value === '') return '';
  if (column.kind === 'fen') return showFen(Number(value));
  if (column.kind === 'moment') return value === 0 ? '' : wholeMoment(Number(value));
  if (column.kind === 'day') return `${String(value).slice(0, 4)}-${String(value).slice(4, 6)}-${String(value).slice(6)}`;
  return column.words ? word(wordsFor(text, column.words), String(value)) : String(value);
}

function cell({ text, user }: SignedInCtx, asked: Asked, column: Column, { row, links }: { row: ReportRow; links: boolean }): Raw {
  const value = row[column.key];
  const shown = valueShown(text, column, value);
  const { opens, opensBy } = column;
  if (links && opens && Number(value) !== 0 && user.rights.includes(shapeOf(opens).right)) {
    const days = row.day ? { from: typedDay(String(row.day)), until: typedDay(String(row.day)) } : { from: asked.from, until: asked.until };
    const path = paths.report(opens, { merchant: String(row.merchantNo), period: 'range', ...days, ...(opensBy ? { basis: opensBy } : {}) });
    return html`<td class="num"><a class="${Number(value) < 0 && 'bad'}" href="${path}">${shown}</a></td>`;
  }
  if (column.kind === 'fen' || column.kind === 'count') return html`<td class="num${Number(value) < 0 && ' bad'}">${shown}</td>`;
  if (column.link && !links) return html`<td>${shown}</td>`;
  if (column.link === 'merchant') return html`<td class="mono"><a href="${paths.merchant(shown)}">${shown}</a></td>`;
  if (column.link === 'request') return html`<td class="mono"><a href="${paths.request(shown)}">${shown}</a></td>`;
  if (column.link === 'transaction') return html`<td class="mono"><a href="${paths.transaction(Number(value))}">${shown}</a></td>`;
  return html`<td class="${column.kind === 'text' && column.width >= 22 ? 'clip' : 'line'}"${attribute('title', column.width >= 22 && shown)}>${shown}</td>`;
}

function table(ctx: SignedInCtx, asked: Asked, { rows, totals, subtotals }: Shown, links: boolean): Raw {
  const { text } = ctx;
  const { columns } = shapeOf(asked.name);
  const words = text.reports;
  const sums = (label: string, { rows: n, sums: of }: { rows: number; sums: ReportRow }): Raw =>
    html`<tr class="sums"><th scope="row" class="line">${label} <small>${fill(words.rows, { n })}</small></th>${columns.map((column) => (column.sum ? html`<td class="num"><b>${valueShown(text, column, of[column.key] ?? 0)}</b></td>` : html`<td></td>`))}</tr>`;
  const end = (row: KeyedRow) => {
    const of = subtotals.get(row.key);
    return of && sums(words.subtotal, of);
  };
  return html`<table class="t wide report"><thead><tr><th class="num">${words.no}</th>${columns.map((column) => head(text, asked, column, links))}</tr></thead><tbody>${rows.map((row, i) => html`<tr><td class="num">${asked.first + i}</td>${columns.map((column) => cell(ctx, asked, column, { row, links }))}</tr>${end(row)}`)}</tbody>${columns.some((column) => column.sum) && html`<tfoot>${sums(words.total, totals)}</tfoot>`}</table>`;
}

function head(text: Text, asked: Asked, { key, kind, sorts }: Column, links: boolean): Raw {
  const name = headOf(text, asked.name, key);
  const number = kind === 'fen' || kind === 'count' ? 'num' : '';
  if (!sorts || !links) return html`<th class="${number}">${name}</th>`;
  const now = asked.order?.column === key ? (asked.order.descending ? 'descending' : 'ascending') : null;
  const path = paths.report(asked.name, addressOf(asked, { sort: key, dir: now === 'ascending' ? 'desc' : 'asc' }));
  return html`<th class="${number}"${attribute('aria-sort', now)}><a href="${path}" title="${fill(text.reports.sortBy, { column: name })}">${name}${now && html` <span aria-hidden="true">${now === 'ascending' ? '▲' : '▼'}</span>`}</a></th>`;
}

/** What the sums say beside themselves: each type, the amount in words, and whether opening and movements come to closing. */
function remarks(text: Text, asked: Asked, { totals }: Shown): Hole {
  const shape = shapeOf(asked.name);
  const words = text.reports;
  const { sums } = totals;
  if (shape.apart) {
    const types = (['purchase', 'void', 'reversal', 'refund'] as const).map((type) =>
      fill(words.tally, { what: text.transactionTypes[type], count: Number(sums[`${type}Count`] ?? 0), fen: showFen(Number(sums[`${type}Fen`] ?? 0)) }),
    );
    return html`<p class="remark">${types.map((one) => html`<span>${one}</span>`)}<span>${words.apart}: ${fill(words.rows, { n: totals.apart })}</span></p>`;
  }
  if (shape.check) {
    const left = remainder(shape.check, sums);
    return left === 0 ? html`<p class="remark good">✓ ${words.good}</p>` : notice('bad', `${words.bad} ${showFen(left)}`);
  }
  return shape.columns.some(({ key }) => key === 'receivedFen') && html`<p class="remark">${words.inWords}${sumInWords(Number(sums.receivedFen ?? 0))}</p>`;
}

function queryForm(text: Text, asked: Asked): Raw {
  const words = text.reports;
  const { asks } = shapeOf(asked.name);
  const { faults } = asked;
  const fault = (key: keyof Asked['faults']) => faults[key] && html`<small class="fault" id="fault-${key}">${faults[key]}</small>`;
  const invalid = (key: keyof Asked['faults']) => [
    attribute('aria-invalid', faults[key] ? 'true' : null),
    attribute('aria-describedby', faults[key] ? `fault-${key}` : null),
  ];
  const date = (key: 'from' | 'until', label: string) =>
    html`<label class="inline"><span>${label}</span><input class="field short" type="date" name="${key}" value="${asked[key]}"${invalid(key)}></label>${fault(key)}`;
  const choice = (table: Readonly<Record<string, string>>, list: readonly string[]) => list.map((value) => ({ value, label: word(table, value) }));
  if (asks.period === 'now' && !asks.merchant) return html``;
  return html`<form class="bar wrap" method="get" action="${paths.report(asked.name)}" role="search">${asks.merchant && html`<span class="pick"><input class="field" name="merchant" value="${asked.merchant}" placeholder="${words.merchantHint}" aria-label="${words.merchant}: ${words.merchantHint}" maxlength="60" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="merchants" data-pick hx-get="${paths.reportMerchants()}" hx-trigger="input changed delay:150ms" hx-target="#merchants" hx-swap="innerHTML"${invalid('merchant')}><span class="picks" id="merchants" role="listbox" aria-label="${words.merchant}"></span>${fault('merchant')}</span>`}
${asks.period === 'range' && html`<select class="field short" name="period" aria-label="${words.period}" data-period>${options(choice(words.periods, periods), asked.period)}</select><span class="inline">${date('from', text.reference.fields.from)}${date('until', text.reference.fields.until)}</span>`}${asks.period === 'day' && html`<input type="hidden" name="period" value="range">${date('from', words.day)}`}${asks.basis && html`<select class="field short" name="basis" aria-label="${words.basis}">${options(choice(words.bases, ['decided', 'submitted']), asked.basis)}</select>`}<button class="btn">${text.common.query}</button></form>`;
}

export function reportPage(ctx: SignedInCtx, asked: Asked, shown: Shown | null): Promise<Raw> {
  const { text } = ctx;
  const words = text.reports;
  const title = words.titles[asked.name];
  const keep = addressOf(asked);
  const none = shown !== null && shown.totals.rows === 0;
  const nothing = none && shown.totals.apart === 0;
  const last = shown?.rows.at(-1);
  const next =
    shown?.more && last
      ? { ...keep, after: String(last.key), value: asked.order ? String(last[asked.order.column] ?? '') : undefined, n: asked.first + PREVIEW_ROWS }
      : null;
  const act = html`<form method="post" action="${paths.reportAct(asked.name, 'export')}" class="inline">${token(ctx)}${Object.entries(keep).map(([key, value]) => value !== undefined && html`<input type="hidden" name="${key}" value="${value}">`)}<button class="btn primary"${attribute('disabled', nothing || shown === null)}>${words.export}</button></form><a class="btn" href="${paths.reportAct(asked.name, 'print', keep)}">${words.print}</a><a class="btn" href="${paths.exports()}">${words.exports.title}</a>`;
  const body = html`<div class="head"><h1>${title}</h1><span class="grow"></span>${act}</div>${queryForm(text, asked)}${
    shown &&
    html`<p class="remark muted">${shown.lines.map((line) => html`<span>${line}</span>`)}</p>${!nothing && remarks(text, asked, shown)}
<div class="table" tabindex="0" role="region" aria-label="${title}">${none ? html`<p class="empty">${nothing ? words.none : words.onlyApart}</p>` : table(ctx, asked, shown, true)}</div>${pager(text, asked.after ? paths.report(asked.name, keep) : null, next && paths.report(asked.name, next))}`
  }`;
  return layout(ctx, { title, crumbs: [{ label: words.menu }, { label: title }], body });
}

/** A4 across, with who made it and lines for signatures. */
export function paperPage(ctx: SignedInCtx, asked: Asked, shown: Shown): Raw {
  const { text } = ctx;
  const words = text.reports;
  const title = words.titles[asked.name];
  const back = paths.report(asked.name, addressOf(asked));
  return shell(
    text,
    ctx.language,
    title,
    html`<body class="paper across"><main class="form-a4"><p class="no-print"><a class="btn" href="${back}">${text.common.back}</a> <button class="btn primary" data-print>${words.print}</button></p><h1>${title}</h1>${shown.lines.map((line) => html`<p class="note-line">${line}</p>`)}
${shown.totals.rows === 0 ? html`<p class="empty">${shown.totals.apart === 0 ? words.none : words.onlyApart}</p>` : html`${table(ctx, asked, shown, false)}${remarks(text, asked, shown)}`}<p class="note-line">${fill(words.signatures, { name: ctx.user.name })}</p></main></body>`,
  );
}
