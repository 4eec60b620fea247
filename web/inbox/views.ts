// 待办 as a page and as the fragment that htmx morphs: tabs, filters and views, rows, and the opened request beside them.
import { type Counts, type InboxFilter, type InboxRow, sorts } from '../../db/inbox.ts';
import type { SavedView } from '../../db/preferences.ts';
import type { Calendar } from '../../workflows/rules/calendar.ts';
import { kindNames, reviews } from '../../workflows/rules/kinds.ts';
import type { SignedInCtx } from '../http.ts';
import type { Opened } from '../requests/page.ts';
import { word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { around, type Crumb, layout, token } from '../ui/layout.ts';
import { options, pager } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { addressOf, fromStart, textOfFilter } from './filter.ts';
import { pill, rowList, tabs } from './rows.ts';

export interface Shown {
  filter: InboxFilter;
  rows: readonly InboxRow[];
  counts: Counts;
  next: InboxFilter['after'] | null;
  views: readonly SavedView[];
  keys: boolean;
  calendar: Calendar;
  now: number;
  sheet: Opened | null;
  /** What came of the decision that led here. */
  toast: Hole;
}

export function inboxView(ctx: SignedInCtx, shown: Shown): Promise<Raw> {
  const { kind, q } = shown.filter;
  const title = titleOf(ctx, shown.filter);
  return layout(ctx, {
    title: shown.sheet ? `${shown.sheet.requestNo} · ${title}` : title,
    crumbs: crumbsOf(ctx, shown.filter, shown.sheet?.requestNo),
    entry: Object.entries(reviews).find(([right, one]) => one === kind && ctx.user.rights.includes(right))?.[0] ?? 'inbox',
    ...(kind || q ? {} : { counts: { waiting: shown.counts.mine } }),
    body: html`<div id="inbox" class="inbox">${inboxFragment(ctx, shown)}</div><div id="live" hidden hx-sse:connect="${paths.events(shown.now)}" hx-sse:close="ended"></div>${keysHelp(ctx, shown.keys)}`,
  });
}

/** 商户开户审核 …, or 待办 with the kind that is filtered. */
function titleOf({ text }: SignedInCtx, { kind }: InboxFilter): string {
  const [right] = Object.entries(reviews).find(([, one]) => one === kind) ?? [];
  return right ? word(text.inbox.reviews, right) : text.inbox.title;
}

function crumbsOf(ctx: SignedInCtx, filter: InboxFilter, requestNo: string | undefined): Crumb[] {
  const title = titleOf(ctx, filter);
  return [{ label: title, path: paths.inbox(addressOf(filter)) }, ...(requestNo ? [{ label: requestNo }] : [])];
}

/** The inbox as a decision morphs it into place, with what stands around it. */
export async function inboxSwap(ctx: SignedInCtx, shown: Shown): Promise<Raw> {
  const { filter, counts, sheet } = shown;
  const all = filter.kind || filter.q ? undefined : counts.mine;
  return html`${inboxFragment(ctx, shown)}${await around(ctx, crumbsOf(ctx, filter, sheet?.requestNo), all)}`;
}

/** A request as the list opens it beside itself. */
export async function sheetSwap(ctx: SignedInCtx, filter: InboxFilter, sheet: Opened): Promise<Raw> {
  return html`${sheet.html}${await around(ctx, crumbsOf(ctx, filter, sheet.requestNo))}`;
}

function inboxFragment(ctx: SignedInCtx, shown: Shown): Raw {
  const { filter, rows, counts, next, sheet, calendar, now } = shown;
  const words = ctx.text.inbox;
  const place = { filter, calendar, now, current: sheet?.requestNo ?? '' };
  return html`<div class="head"><h1>${titleOf(ctx, filter)}</h1>${tabs(ctx, filter, counts)}</div>
<div class="split${sheet ? ' opened' : ''}" id="split" data-keys="${shown.keys ? 'on' : 'off'}"><section class="list" aria-label="${words.listLabel}">${viewBar(ctx, shown)}<form class="bar" method="get" action="${paths.inbox()}" role="search">
<input type="hidden" name="tab" value="${filter.tab}"><input class="field" id="q" name="q" value="${filter.q ?? ''}" placeholder="${words.search}" aria-label="${words.search}" maxlength="60">
<select class="field short" name="kind" aria-label="${words.kind}">${options(
    kindNames.map((kind) => ({ value: kind, label: ctx.text.kinds[kind] })),
    filter.kind ?? '',
    words.allKinds,
  )}</select><select class="field short" name="sort" aria-label="${words.sort}">${options(
    sorts.map((value) => ({ value, label: words.sorts[value] })),
    filter.sort ?? 'due',
  )}</select><button class="btn">${ctx.text.common.query}</button></form>
${pill(ctx, filter, 0)}<form class="bulk" method="post" action="${paths.bulk()}">${token(ctx)}<input type="hidden" name="from" value="${textOfFilter(filter)}"><div class="bar selected" id="selected"><span id="ticked" role="status" aria-live="polite" data-words="${words.ticked}"></span><button class="btn ticked" name="decision" value="approve">${words.bulkApprove}</button><button class="btn ticked" name="decision" value="return">${words.bulkReturn}</button><button class="btn" name="all" value="approve">${words.bulkAll}</button></div>
${rowList(
  ctx,
  rows.map((row) => ({ row, gone: false })),
  place,
)}${rows.length === 0 && html`<p class="empty">${filter.q ? ctx.text.common.none : words.empty}</p>`}</form>
${pager(ctx.text, filter.after ? paths.inbox(addressOf(fromStart(filter))) : null, next ? paths.inbox(addressOf({ ...filter, after: next })) : null)}</section>
${sheet ? sheet.html : html`<article class="sheet blank" id="sheet"><p class="empty">${words.choose}</p></article>`}</div>
<div class="toasts" id="toasts" role="status" aria-live="polite">${shown.toast}</div>`;
}

/** Views that the user has saved, and a way to save this one. */
function viewBar(ctx: SignedInCtx, { filter, views }: Shown): Raw {
  const words = ctx.text.inbox;
  const here = textOfFilter(fromStart(filter));
  return html`<details class="views"><summary>${words.views}${views.map((view) => view.query === here && html`: ${view.name}`)}</summary><ul>${views.map(
    (view) =>
      html`<li><a href="${paths.inbox()}?${view.query || 'tab=mine'}"${attribute('aria-current', view.query === here && 'page')}>${view.name}</a>${(['default', 'up', 'removal'] as const).map((act) => html`<form method="post" action="${paths.views(view.id, act)}" class="inline">${token(ctx)}<button class="link">${act === 'default' && view.isDefault ? words.isDefault : words.viewActs[act]}</button></form>`)}</li>`,
  )}</ul><form method="post" action="${paths.views()}" class="inline">${token(ctx)}<input type="hidden" name="query" value="${here}"><input class="field" name="name" maxlength="20" required placeholder="${words.viewName}" aria-label="${words.viewName}"><button class="btn">${words.saveView}</button></form></details>`;
}

function keysHelp(ctx: SignedInCtx, keys: boolean): Raw {
  const words = ctx.text.keys;
  return html`<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">${words.title}</h2><dl class="keys">${words.list.map(([key, what]) => html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`)}</dl>
<form method="post" action="${paths.desk('keys')}" class="inline">${token(ctx)}<input type="hidden" name="keys" value="${keys ? 'off' : 'on'}"><button class="btn">${keys ? words.turnOff : words.turnOn}</button></form><form method="dialog" class="inline"><button class="btn primary" autofocus>${words.close}</button></form></dialog>`;
}
