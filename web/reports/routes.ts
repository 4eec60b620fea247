// 报表查询: the five reports of the manual and what an operator looks at each morning. One set of handlers for all; each report has a right of its own.
import { audit } from '../../db/audit.ts';
import { searchMerchants } from '../../db/merchants.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { type KeyedRow, reportPage as pageOfRows, reportLines, reportTotals, standing, type Totals } from '../../db/reports.ts';
import { writeBook } from '../../stack/workbook.ts';
import { MOST_AT_ONCE, PREVIEW_ROWS, type ReportName, reportNames, reports, type Scope, shapeOf } from '../../workflows/rules/reports.ts';
import { sumInWords } from '../../workflows/rules/words.ts';
import { asWorkbook, HttpError, page, query, type Route, type SignedInCtx, see } from '../http.ts';
import { html, type Raw } from '../ui/html.ts';
import { paths } from '../ui/paths.ts';
import { type Asked, addressOf, readAsked } from './asked.ts';
import { startExport } from './exports.ts';
import { fileNameOf, linesOf, planOf } from './plan.ts';
import { paperPage, reportPage, type Shown } from './views.ts';

const rights = [...new Set(reportNames.map((name) => reports[name].right))];

export const reportRoutes: Route[] = [
  ...reportNames.flatMap((name): Route[] => {
    const right = [reports[name].right];
    return [
      { method: 'GET', path: `/reports/${name}`, right, handle: (ctx) => show(ctx, name) },
      { method: 'GET', path: `/reports/${name}/print`, right, handle: (ctx) => paper(ctx, name) },
      { method: 'POST', path: `/reports/${name}/export`, right, handle: (ctx) => exported(ctx, name) },
    ];
  }),
  { method: 'GET', path: '/report-merchants', right: rights, handle: suggest },
];

/** So many rows go on paper at most. */
const MOST_ON_PAPER = 2000;
/** Exports of one person in an hour. */
const MOST_EXPORTS = 60;

async function show(ctx: SignedInCtx, name: ReportName): Promise<void> {
  const asked = await readAsked(ctx, name, ctx.req.query);
  const shown = asked.scope && (await readShown(ctx, asked, asked.scope, PREVIEW_ROWS));
  page(ctx, await reportPage(ctx, asked, shown), asked.scope ? 200 : 422);
}

async function readShown(ctx: SignedInCtx, asked: Asked, scope: Scope, limit: number): Promise<Shown> {
  const { db } = ctx;
  const { order, after } = asked;
  const [rows, totals, stands] = await Promise.all([
    pageOfRows(db, asked.name, scope, { order, after, limit: limit + 1 }),
    reportTotals(db, asked.name, scope),
    standing(db, scope),
  ]);
  const shown = rows.slice(0, limit);
  return {
    rows: shown,
    more: rows.length > limit,
    totals,
    lines: linesOf(ctx, asked, stands, Date.now()),
    subtotals: await subtotalsOf(ctx, asked, scope, shown, rows[limit]),
  };
}

/** Sums of the groups that end within these rows. */
async function subtotalsOf(
  ctx: SignedInCtx,
  asked: Asked,
  scope: Scope,
  rows: readonly KeyedRow[],
  next: KeyedRow | undefined,
): Promise<Map<string | number, Totals>> {
  const { group } = shapeOf(asked.name);
  if (group === undefined || asked.order) return new Map();
  const ends = rows.filter((row, i) => row[group] !== (rows[i + 1] ?? next)?.[group]);
  const sums = await Promise.all(ends.map((row) => reportTotals(ctx.db, asked.name, { ...scope, merchantNo: String(row[group]) })));
  return new Map(ends.flatMap((row, i) => (sums[i] ? [[row.key, sums[i]] as const] : [])));
}

async function paper(ctx: SignedInCtx, name: ReportName): Promise<void> {
  const asked = await readAsked(ctx, name, ctx.req.query);
  if (!asked.scope) return see(ctx, paths.report(name, addressOf(asked)));
  const whole = { ...asked, after: null, first: 1 };
  const { rows } = await reportTotals(ctx.db, name, asked.scope);
  if (rows > MOST_ON_PAPER) throw new HttpError(422, (text) => text.reports.tooManyToPrint.replace('{n}', String(MOST_ON_PAPER)));
  page(ctx, paperPage(ctx, whole, await readShown(ctx, whole, asked.scope, MOST_ON_PAPER)));
}

/** 导出EXCEL文件: at once, or by a workflow when it is long. Who took what away is on record before the first byte. */
async function exported(ctx: SignedInCtx, name: ReportName): Promise<void> {
  const { db, text } = ctx;
  const asked = await readAsked(ctx, name, ctx.req.body);
  const { scope } = asked;
  if (!scope) return see(ctx, paths.report(name, addressOf(asked)));
  if (!(await mayCall(db, `export:${ctx.user.code}`, MOST_EXPORTS, 3_600_000))) throw new HttpError(429, (words) => words.signIn.tooMany);
  const { rows, apart } = await reportTotals(db, name, scope);
  // Nothing found: said, and no file.
  if (rows + apart === 0) return see(ctx, paths.report(name, addressOf(asked)));
  const now = Date.now();
  const plan = planOf(ctx, asked, await standing(db, scope), now);
  const fileName = fileNameOf(text, asked, now);
  const detail = { ...addressOf(asked), from: asked.from, until: asked.until, rows: rows + apart };
  if (rows + apart > MOST_AT_ONCE)
    return startExport(ctx, { report: name, scope, ownerCode: ctx.user.code, fileName, rows: rows + apart, askedAt: now }, plan, detail);
  await db.transaction((tx) => audit(tx, { by: ctx.user, action: 'report.exported', object: name, detail, address: ctx.address }));
  asWorkbook(ctx, fileName);
  await writeBook(ctx.res, plan, (sheet) => reportLines(db, name, scope, sheet === 0 ? 'main' : 'apart'), { inWords: sumInWords });
}

/** Merchants as somebody types: number, name, or initials. */
async function suggest(ctx: SignedInCtx): Promise<void> {
  const q = query(ctx, 'merchant', 60).trim();
  const rows = q === '' ? [] : await searchMerchants(ctx.db, q, 8);
  const list: Raw = html`${rows.map((row) => html`<button type="button" role="option" aria-selected="false" data-picked="${row.merchantNo} ${row.name}"><span class="mono">${row.merchantNo}</span> ${row.name}</button>`)}`;
  page(ctx, list);
}
