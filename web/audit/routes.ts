// 操作日志, for auditors.
import { auditEntries } from '../../db/audit.ts';
import { page, query, type Route, type SignedInCtx } from '../http.ts';
import { isRequestNo } from '../inbox/filter.ts';
import { fill, type Text, word } from '../text/index.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { pager, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

export const auditRoutes: Route[] = [{ method: 'GET', path: '/audit', right: ['auditLog'], handle: list }];

const PAGE = 100;

async function list(ctx: SignedInCtx): Promise<void> {
  const { text } = ctx;
  const words = text.audit;
  const filter = { actor: query(ctx, 'actor', 20).trim(), object: query(ctx, 'object', 60).trim(), action: query(ctx, 'action', 40).trim() };
  const before = Number(query(ctx, 'before', 16));
  const rows = await auditEntries(ctx.db, { ...filter, ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}) }, PAGE + 1);
  const shown = rows.slice(0, PAGE);
  const body = html`<div class="head"><h1>${words.title}</h1></div><form class="bar" method="get" action="${paths.audit()}" role="search">${(['actor', 'action', 'object'] as const).map((name) => html`<input class="field" name="${name}" value="${filter[name]}" placeholder="${words[name]}" aria-label="${words[name]}">`)}<button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${words.at}</th><th>${words.actor}</th><th>${words.action}</th><th>${words.object}</th><th>${words.detail}</th><th>${words.address}</th></tr></thead>
<tbody>${shown.map((row) => html`<tr><td class="mono">${wholeMoment(row.at)}</td><td>${row.actorName} <small>${row.actorCode}</small></td><td>${actionWord(text, row.action)}</td><td class="mono wrap">${isRequestNo(row.object) ? html`<a href="${paths.request(row.object)}">${row.object}</a>` : row.object}</td><td class="wrap"><small>${details(row.detail)}</small></td><td class="mono">${row.address}</td></tr>`)}</tbody></table>${shown.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
${pager(text, before > 0 ? paths.audit(filter) : null, rows.length > PAGE ? paths.audit({ ...filter, before: shown.at(-1)?.id }) : null)}`;
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
