// 操作日志, for auditors.
import { type AuditFilter, audit, auditEntries } from '../../db/audit.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { calendarDay } from '../../workflows/rules/calendar-day.ts';
import { HttpError, page, query, type Route, type SignedInCtx } from '../http.ts';
import { isRequestNo } from '../inbox/filter.ts';
import { fill, type Text, word } from '../text/index.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { pager, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { writeAudit } from './export.ts';

export const auditRoutes: Route[] = [
  { method: 'GET', path: '/audit', right: ['auditLog'], handle: list },
  { method: 'GET', path: '/audit/export', right: ['auditLog'], handle: exported },
];

const PAGE = 100;

/** What the query form asks for. Days that are none are left out. */
function filterOf(ctx: SignedInCtx): AuditFilter & { actor: string; action: string; object: string; from: string; until: string } {
  const day = (name: string) => (calendarDay(query(ctx, name, 10)) ? query(ctx, name, 10) : '');
  const text = (name: string, max: number) => query(ctx, name, max).trim();
  return { actor: text('actor', 20), object: text('object', 60), action: text('action', 40), from: day('from'), until: day('until') };
}

/** Reading the log is itself an entry of it. */
async function list(ctx: SignedInCtx): Promise<void> {
  const { text } = ctx;
  const words = text.audit;
  const filter = filterOf(ctx);
  const before = Number(query(ctx, 'before', 16));
  await ctx.db.transaction((tx) => audit(tx, { by: ctx.user, action: 'audit.read', object: 'audit', detail: asked(filter), address: ctx.address }));
  const rows = await auditEntries(ctx.db, { ...filter, ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}) }, PAGE + 1);
  const shown = rows.slice(0, PAGE);
  const body = html`<div class="head"><h1>${words.title}</h1></div><form class="bar" method="get" action="${paths.audit()}" role="search">${(['actor', 'action', 'object'] as const).map((name) => html`<input class="field" name="${name}" value="${filter[name]}" placeholder="${words[name]}" aria-label="${words[name]}">`)}${(['from', 'until'] as const).map((name) => html`<label class="inline"><span>${text.reference.fields[name]}</span><input class="field short" type="date" name="${name}" value="${filter[name]}"></label>`)}<button class="btn">${text.common.query}</button><a class="btn" href="${paths.auditExport(asked(filter))}">${words.export}</a></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${words.at}</th><th>${words.actor}</th><th>${words.action}</th><th>${words.object}</th><th>${words.detail}</th><th>${words.address}</th></tr></thead>
<tbody>${shown.map((row) => html`<tr><td class="mono">${wholeMoment(row.at)}</td><td>${row.actorName} <small>${row.actorCode}</small></td><td>${actionWord(text, row.action)}</td><td class="mono wrap">${isRequestNo(row.object) ? html`<a href="${paths.request(row.object)}">${row.object}</a>` : row.object}</td><td class="wrap"><small>${details(row.detail)}</small></td><td class="mono">${row.address}</td></tr>`)}</tbody></table>${shown.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
${pager(text, before > 0 ? paths.audit(asked(filter)) : null, rows.length > PAGE ? paths.audit({ ...asked(filter), before: shown.at(-1)?.id }) : null)}`;
  page(ctx, await layout(ctx, { title: words.title, body }));
}

/** `request.approved` → 申请: 审核通过. */
function actionWord(text: Text, action: string): string {
  const event = /^request\.(\w+)$/.exec(action)?.[1] ?? '';
  if (Object.hasOwn(text.events, event)) return fill(text.events[event as keyof Text['events']], { to: '' }).trim();
  return word(text.audit.actions, action);
}

function details(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .filter(([key]) => key !== 'commandId' && key !== 'results')
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** The filters that are set. */
const asked = (filter: ReturnType<typeof filterOf>): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')) as Record<string, string>;

/** 导出: what the filters show, at most so many rows; who took it away, and what, is on record. */
async function exported(ctx: SignedInCtx): Promise<void> {
  if (!(await mayCall(ctx.db, `export:${ctx.user.code}`, 20, 3_600_000))) throw new HttpError(429, (text) => text.signIn.tooMany);
  const filter = filterOf(ctx);
  await ctx.db.transaction((tx) => audit(tx, { by: ctx.user, action: 'audit.exported', object: 'audit', detail: asked(filter), address: ctx.address }));
  await writeAudit(ctx, filter, (row) => [
    wholeMoment(row.at),
    row.actorCode,
    row.actorName,
    actionWord(ctx.text, row.action),
    row.object,
    details(row.detail),
    row.address ?? '',
  ]);
}
