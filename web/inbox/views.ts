// The list of 待办, as a whole page and as the fragment that htmx swaps.
import type { InboxFilter, InboxRow } from '../../db/inbox.ts';
import { kindNames } from '../../workflows/rules/kinds.ts';
import { showFen } from '../../workflows/rules/money.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, word } from '../text/index.ts';
import { attribute, html, type Raw } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { count, dueBadge, moment, options, pager, stateTag } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

interface Shown {
  filter: InboxFilter;
  rows: readonly InboxRow[];
  counts: { mine: number; unclaimed: number; started: number };
  next: string | undefined;
  now: number;
}

export function inboxView(ctx: SignedInCtx, shown: Shown): Promise<Raw> {
  const { kind } = shown.filter;
  const title = kind === 'merchantOpening' ? ctx.text.inbox.review : ctx.text.inbox.title;
  return layout(ctx, {
    title,
    entry: kind === 'merchantOpening' && ctx.user.rights.includes('merchantReview') ? 'merchantReview' : 'inbox',
    ...(shown.filter.kind || shown.filter.q ? {} : { waiting: shown.counts.mine }),
    body: html`<div id="inbox" class="inbox">${inboxFragment(ctx, shown)}</div>`,
  });
}

/** Tabs, filters and rows; the same view whether the page is fresh or swapped in. */
export function inboxFragment(ctx: SignedInCtx, { filter, rows, counts, next, now }: Shown): Raw {
  const words = ctx.text.inbox;
  const keep = { kind: filter.kind, q: filter.q };
  const tab = (name: InboxFilter['tab'], number?: number) =>
    html`<a href="${paths.inbox({ ...keep, tab: name })}"${attribute('aria-current', name === filter.tab && 'page')}>${words[name]}${number !== undefined && html` <b>${count(number)}</b>`}</a>`;
  return html`<div class="head"><h1>${filter.kind === 'merchantOpening' ? words.review : words.title}</h1><nav class="tabs" aria-label="${words.tabsLabel}">${tab('mine', counts.mine)}${tab('unclaimed', counts.unclaimed)}${tab('handled')}${tab('started', counts.started)}</nav></div>
<section class="list" aria-label="${words.listLabel}"><form class="bar" method="get" action="${paths.inbox()}" hx-get="${paths.inbox()}" hx-target="#inbox" hx-swap="innerHTML" hx-push-url="true" role="search">
<input type="hidden" name="tab" value="${filter.tab}"><input class="field" name="q" value="${filter.q ?? ''}" placeholder="${words.search}" aria-label="${words.search}" maxlength="60">
<select class="field short" name="kind" aria-label="${words.kind}">${options(
    kindNames.map((kind) => ({ value: kind, label: ctx.text.kinds[kind] })),
    filter.kind ?? '',
    words.allKinds,
  )}</select><button class="btn">${ctx.text.common.query}</button></form>
<div class="rows">${rows.map((row) => item(ctx, row, now))}${rows.length === 0 && html`<p class="empty">${filter.q ? ctx.text.common.none : words.empty}</p>`}</div>
${pager(ctx.text, filter.after ? paths.inbox({ ...keep, tab: filter.tab }) : null, next ? paths.inbox({ ...keep, tab: filter.tab, after: next }) : null)}</section>`;
}

function item(ctx: SignedInCtx, row: InboxRow, now: number): Raw {
  const words = ctx.text.inbox;
  const waits = row.state === 'submitted';
  return html`<a class="item" href="${paths.request(row.requestNo)}"><span class="kind">${word(ctx.text.kinds, row.kind)} · ${row.title}</span>${(row.amountFen !== null || !waits) && html`<span class="amount num">${row.amountFen !== null ? showFen(row.amountFen) : stateTag(ctx.text, row.state)}</span>`}
<span class="who">${row.requestNo} · ${row.makerName}${waits && html` · ${fill(words.level, { n: row.level, m: row.levels })}`}${row.submissions > 1 && html` · <b>${fill(words.resubmitted, { n: row.submissions })}</b>`}${row.claimedBy && html` · ${fill(words.claimedBy, { who: row.claimedBy })}`}</span>
${waits ? dueBadge(ctx.text, row.dueAt, now) : html`<span class="due">${moment(row.at)}</span>`}</a>`;
}
