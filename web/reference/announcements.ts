// 公告: what everybody reads on the home page, from one day to another.
import { type Announcement, announce, announcements, withdrawAnnouncement } from '../../db/announcements.ts';
import { audit } from '../../db/audit.ts';
import { calendarDay, typedDay } from '../../workflows/rules/calendar-day.ts';
import type { Fault } from '../../workflows/rules/checks.ts';
import { type FieldRule, readFields, shapeFaults } from '../../workflows/rules/fields.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { field, notFound, page, type Route, type SignedInCtx, see } from '../http.ts';
import { word } from '../text/index.ts';
import { attribute, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { paths } from '../ui/paths.ts';
import { referenceTabs } from './views.ts';

const right = ['publicInformation'];
export const announcementRoutes: Route[] = [
  { method: 'GET', path: '/announcements', right, handle: (ctx: SignedInCtx) => show(ctx) },
  { method: 'POST', path: '/announcements', right, handle: add },
  { method: 'POST', path: '/announcements/removal', right, handle: remove },
];

const fields: readonly FieldRule[] = [
  { key: 'title', max: 60, required: true, shape: 'text' },
  { key: 'body', max: 1000, required: true, shape: 'paragraph' },
  { key: 'from', max: 10, required: true, shape: 'date' },
  { key: 'until', max: 10, required: true, shape: 'date' },
];

async function show(ctx: SignedInCtx, form: Record<string, string> | null = null, faults: Record<string, Fault> = {}, status = 200): Promise<void> {
  const { text } = ctx;
  const words = text.reference;
  const today = typedDay(businessDate(Date.now()));
  const value = form ?? { from: today, until: today };
  const input = ({ key, max, shape }: FieldRule) => {
    const common = html` id="f-${key}" name="${key}" maxlength="${max}" aria-describedby="m-${key}"${attribute('aria-invalid', faults[key] && 'true')}`;
    const control =
      shape === 'paragraph'
        ? html`<textarea class="field" rows="4"${common}>${value[key]}</textarea>`
        : html`<input class="field"${attribute('type', shape === 'date' && 'date')} value="${value[key] ?? ''}"${common}>`;
    return html`<div class="f${shape === 'paragraph' || key === 'title' ? ' wide' : ''}"><label for="f-${key}">${word(words.fields, key)}</label><div>${control}<p class="msg${faults[key] ? ' bad' : ''}" id="m-${key}">${faults[key] && text.faults[faults[key]]}</p></div></div>`;
  };
  const rows = await announcements(ctx.db);
  const body = html`<div class="head"><h1>${words.title}</h1></div>${referenceTabs(ctx, 'announcements')}
<div class="page"><form method="post" action="${paths.announcements()}" class="card form">${token(ctx)}<h2>${text.common.add}</h2><div class="fields">${fields.map(input)}</div><div class="buttons"><button class="btn primary">${text.common.confirm}</button></div></form>
<section class="card"><h2>${words.names.announcements}</h2>${rows.length === 0 ? html`<p class="muted">${text.common.none}</p>` : html`<table class="t"><thead><tr><th>${words.fields.from}</th><th>${words.fields.until}</th><th>${words.fields.title}</th><th>${text.audit.actor}</th><th>${text.audit.action}</th></tr></thead><tbody>${rows.map((row) => line(ctx, row))}</tbody></table>`}</section></div>`;
  page(
    ctx,
    await layout(ctx, {
      title: words.names.announcements,
      crumbs: [{ label: words.title, path: paths.announcements() }, { label: words.names.announcements }],
      entry: 'publicInformation',
      body,
    }),
    status,
  );
}

function line(ctx: SignedInCtx, row: Announcement): Raw {
  return html`<tr><td class="mono">${typedDay(row.from)}</td><td class="mono">${typedDay(row.until)}</td><td class="wrap"><b>${row.title}</b><br><small>${row.body}</small></td><td class="mono">${row.by}</td><td><form method="post" action="${paths.announcements('removal')}" class="inline">${token(ctx)}<input type="hidden" name="id" value="${row.id}"><button class="btn danger">${ctx.text.common.remove}</button></form></td></tr>`;
}

async function add(ctx: SignedInCtx): Promise<void> {
  const form = readFields(fields, (ctx.req.body ?? {}) as Record<string, unknown>);
  const faults = shapeFaults(fields, form);
  const [from, until] = [calendarDay(form.from ?? ''), calendarDay(form.until ?? '')];
  if (!from) faults.from ??= 'date';
  if (!until || (from && until < from)) faults.until ??= 'date';
  if (Object.keys(faults).length > 0 || !from || !until) return show(ctx, form, faults, 422);
  await ctx.db.transaction(async (tx) => {
    const id = await announce(tx, { title: form.title ?? '', body: form.body ?? '', from, until, by: ctx.user.code });
    await audit(tx, { by: ctx.user, action: 'announcement.made', object: String(id), detail: { title: form.title }, address: ctx.address });
  });
  see(ctx, paths.announcements());
}

async function remove(ctx: SignedInCtx): Promise<void> {
  const id = Number(field(ctx.req.body, 'id', 16));
  const gone = await ctx.db.transaction(async (tx) => {
    if (!Number.isSafeInteger(id) || !(await withdrawAnnouncement(tx, id))) return false;
    await audit(tx, { by: ctx.user, action: 'announcement.removed', object: String(id), address: ctx.address });
    return true;
  });
  if (!gone) throw notFound();
  see(ctx, paths.announcements());
}
