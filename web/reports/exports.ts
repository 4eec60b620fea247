// 导出任务: the exports that take a while, of whoever asked for them and of nobody else.
import { randomInt } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { audit } from '../../db/audit.ts';
import { closeExport, type ExportAsked, type ExportRow, exportsOf, findExport, takePlace } from '../../db/exports.ts';
import { type BookPlan, exportQueue } from '../../stack/workbook.ts';
import { isReportName, MOST_AT_ONCE, reportNames, reports } from '../../workflows/rules/reports.ts';
import { shanghaiTime } from '../../workflows/rules/time.ts';
import { asWorkbook, forbidden, HttpError, isFor, notFound, page, param, type Route, type SignedInCtx, see } from '../http.ts';
import { fill, word } from '../text/index.ts';
import { attribute, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { notice, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

const right = [...new Set(reportNames.map((name) => reports[name].right))];
export const exportRoutes: Route[] = [
  { method: 'GET', path: '/exports', right, handle: list },
  { method: 'GET', path: '/exports/:no/file', right, handle: download },
  { method: 'POST', path: '/exports/:no/cancellation', right, handle: cancel },
];

/** So many of one person are under way at once. */
const MOST_RUNNING = 3;
const SHOWN = 50;

/**
 * A place, the record of who takes what away, and then the workflow. A second click finds the first one's; an export whose workflow did not begin is
 * marked as failed, or cancelled by its owner.
 */
export async function startExport(ctx: SignedInCtx, given: Omit<ExportAsked, 'exportNo'>, plan: BookPlan, detail: Record<string, unknown>): Promise<void> {
  const { temporal, settings, db, user } = ctx;
  const exportNo = `EX${shanghaiTime(given.askedAt).replace(/\D/g, '')}${randomInt(1000, 10_000)}`;
  const asked = { ...given, exportNo };
  const place = await db.transaction(async (tx) => {
    const taken = await takePlace(tx, asked, MOST_RUNNING);
    if (taken === exportNo)
      await audit(tx, { by: user, action: 'report.exported', object: asked.report, detail: { ...detail, exportNo }, address: ctx.address });
    return taken;
  });
  if (!place) throw new HttpError(429, (text) => text.signIn.tooMany);
  if (place !== exportNo) return see(ctx, paths.exports({ begun: place }));
  const queue = settings.TEMPORAL_TASK_QUEUE;
  try {
    await temporal.withDeadline(Date.now() + 5000, () =>
      temporal.workflow.start('reportExport', {
        workflowId: exportNo,
        taskQueue: queue,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        args: [{ asked, plan, taskQueue: exportQueue(queue) }],
        staticSummary: asked.fileName,
      }),
    );
  } catch {
    // Should it have begun after all, its end says how it ended.
    await db.transaction((tx) => closeExport(tx, exportNo, { state: 'failed' }));
    throw new HttpError(503, (text) => text.request.unreachable);
  }
  see(ctx, paths.exports({ begun: exportNo }));
}

async function list(ctx: SignedInCtx): Promise<void> {
  const { text } = ctx;
  const words = text.reports.exports;
  const rows = await exportsOf(ctx.db, ctx.user.code, SHOWN);
  const begun = String(ctx.req.query.begun ?? '');
  const busy = rows.some((row) => row.state === 'running') || (begun !== '' && !rows.some((row) => row.exportNo === begun));
  const table = html`<div class="table" id="exports" tabindex="0" role="region" aria-label="${words.title}"${attribute('hx-get', busy && paths.exports({ begun }))}${attribute('hx-trigger', busy && 'load delay:1s')}${attribute('hx-target', busy && '#exports')}${attribute('hx-swap', busy && 'outerHTML')}><table class="t wide"><thead><tr><th>${words.no}</th><th>${words.report}</th><th>${words.state}</th><th>${words.progress}</th><th>${words.download}</th><th>${words.asked}</th><th>${words.file}</th></tr></thead><tbody>${rows.map((row) => line(ctx, row))}</tbody></table>${rows.length === 0 && html`<p class="empty">${words.none}</p>`}</div>`;
  if (isFor(ctx, 'exports')) return page(ctx, table);
  const said = isExportNo(begun) && fill(words.begun, { n: MOST_AT_ONCE });
  const body = html`<div class="head"><h1>${words.title}</h1></div>${said && notice('good', said)}<p class="remark muted"><span>${words.kept}</span></p>${table}`;
  page(ctx, await layout(ctx, { title: words.title, crumbs: [{ label: text.reports.menu }, { label: words.title }], body }));
}

const isExportNo = (text: string) => /^EX\d{18}$/.test(text);
const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;

function line(ctx: SignedInCtx, row: ExportRow): Raw {
  const { text } = ctx;
  const words = text.reports.exports;
  const tone = { running: 'brand-t', done: 'good', cancelled: '', failed: 'bad', expired: '' }[row.state];
  const written = Math.min(row.written, row.rows);
  const name = isReportName(row.report) ? text.reports.titles[row.report] : row.report;
  return html`<tr><td class="mono">${row.exportNo}</td><td class="line">${name}</td><td><span class="tag ${tone}">${word(words.states, row.state)}</span></td>
<td class="line">${row.state === 'running' ? html`<progress max="${Math.max(1, row.rows)}" value="${written}" aria-label="${words.progress}"></progress> <small>${fill(words.written, { written, rows: row.rows })}</small>` : row.state === 'done' && html`<small>${fill(text.reports.rows, { n: row.written })} · ${megabytes(row.bytes)}</small>`}</td>
<td>${row.state === 'running' && html`<form method="post" action="${paths.exportAct(row.exportNo, 'cancellation')}" class="inline">${token(ctx)}<button class="btn">${words.cancel}</button></form>`}${row.state === 'done' && html`<a class="btn" href="${paths.exportAct(row.exportNo, 'file')}">${words.download}</a>`}</td><td class="mono">${wholeMoment(row.askedAt)}</td><td class="line">${row.fileName}</td></tr>`;
}

/** The row, when it is theirs and they may still see that report. */
async function own(ctx: SignedInCtx): Promise<ExportRow> {
  const row = await findExport(ctx.db, param(ctx, 'no'));
  if (row?.ownerCode !== ctx.user.code) throw notFound();
  if (!isReportName(row.report) || !ctx.user.rights.includes(reports[row.report].right)) throw forbidden();
  return row;
}

async function download(ctx: SignedInCtx): Promise<void> {
  const row = await own(ctx);
  const path = join(resolve(ctx.settings.DATA_DIR, 'exports'), `${row.exportNo}.xlsx`);
  const file = row.state === 'done' ? await stat(path).catch(() => null) : null;
  if (!file || file.size !== row.bytes) throw new HttpError(404, (text) => text.reports.exports.gone);
  await ctx.db.transaction((tx) =>
    audit(tx, {
      by: ctx.user,
      action: 'report.downloaded',
      object: row.exportNo,
      detail: { report: row.report, rows: row.written, sha256: row.sha256 },
      address: ctx.address,
    }),
  );
  asWorkbook(ctx, row.fileName);
  ctx.res.set('Content-Length', String(row.bytes));
  await pipeline(createReadStream(path), ctx.res);
}

async function cancel(ctx: SignedInCtx): Promise<void> {
  const row = await own(ctx);
  if (row.state !== 'running') return see(ctx, paths.exports());
  let gone = false;
  try {
    await ctx.temporal.withDeadline(Date.now() + 5000, () => ctx.temporal.workflow.getHandle(row.exportNo).cancel());
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw new HttpError(503, (text) => text.request.unreachable);
    gone = true;
  }
  await ctx.db.transaction(async (tx) => {
    // Its workflow never began, or has ended by itself: then its row tells so already.
    if (gone && (await findExport(tx, row.exportNo))?.state === 'running') await closeExport(tx, row.exportNo, { state: 'cancelled' });
    await audit(tx, { by: ctx.user, action: 'report.cancelled', object: row.exportNo, address: ctx.address });
  });
  see(ctx, paths.exports());
}
