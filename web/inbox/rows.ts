// Rows of 待办, fresh or refreshed in their places.
import type { Counts, InboxFilter, InboxRow } from '../../db/inbox.ts';
import type { Calendar } from '../../workflows/rules/calendar.ts';
import { showFen } from '../../workflows/rules/money.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { count, dueBadge, moment, stateTag } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { addressOf, fromStart } from './filter.ts';

/** Rows of a page. */
export const PAGE = 32;

interface RowPlace {
  filter: InboxFilter;
  calendar: Calendar;
  now: number;
  current: string;
}

export function rowList(ctx: SignedInCtx, rows: readonly { row: InboxRow; gone: boolean }[], place: RowPlace): Raw {
  const address = addressOf(place.filter);
  return html`<ul class="rows" id="rows" data-refresh="${paths.inboxRows(address)}" hx-boost:inherited="true" hx-target:inherited="#sheet" hx-swap:inherited="outerHTML show:top">${rows.map(({ row, gone }) => item(ctx, row, gone, place, address))}</ul>`;
}

function item(ctx: SignedInCtx, row: InboxRow, gone: boolean, { filter, calendar, now, current }: RowPlace, address: Record<string, string | undefined>): Raw {
  const words = ctx.text.inbox;
  const waits = row.state === 'submitted' && !gone;
  const tickable = filter.tab === 'mine' || filter.tab === 'unclaimed';
  const no = row.requestNo;
  return html`<li class="item${gone ? ' gone' : ''}" id="i-${no}"${attribute('data-revision', no === current && row.revision)}${attribute('aria-current', no === current && 'true')}>${tickable && html`<input type="checkbox" name="no" value="${no}" aria-label="${words.tick} ${no}"${attribute('disabled', gone)}>`}<a href="${paths.inboxItem(no, address)}"><b class="kind">${word(ctx.text.kinds, row.kind)} · ${row.title}</b>${(row.amountFen !== null || !waits) && html`<span class="amount num">${!waits ? stateTag(ctx.text, row.state) : row.amountFen !== null && showFen(row.amountFen)}</span>`}
<span class="who">${no} · ${row.makerName}${waits && row.levels > 1 && html` · ${fill(words.level, { n: row.level, m: row.levels })}`}${row.submissions > 1 && html` · <b>${fill(words.resubmitted, { n: row.submissions })}</b>`}${row.claimedBy && html` · ${fill(words.claimedBy, { who: row.claimedBy })}`}</span>${waits ? dueBadge(ctx.text, row.dueAt, now, calendar) : html`<span class="due">${moment(row.at)}</span>`}</a></li>`;
}

export function tabs(ctx: SignedInCtx, filter: InboxFilter, counts: Counts, oob = false): Raw {
  const words = ctx.text.inbox;
  const keep = addressOf(fromStart(filter));
  const tab = (name: InboxFilter['tab'], number?: number) =>
    html`<a href="${paths.inbox({ ...keep, tab: name })}"${attribute('aria-current', name === filter.tab && 'page')}>${words[name]}${number !== undefined && html` <b>${count(number)}</b>`}</a>`;
  return html`<nav class="tabs" id="tabs" aria-label="${words.tabsLabel}"${attribute('hx-swap-oob', oob && 'innerMorph')}>${tab('mine', counts.mine)}${tab('unclaimed', counts.unclaimed)}${tab('handled')}${tab('started', counts.started)}</nav>`;
}

/** How many wait that the list does not show; pressing it shows them. */
export function pill(ctx: SignedInCtx, filter: InboxFilter, n: number, oob = false): Raw {
  const body: Hole = n > 0 && html`<a href="${paths.inbox(addressOf(fromStart(filter)))}">${fill(ctx.text.inbox.fresh, { n: n >= PAGE ? `${PAGE}+` : n })}</a>`;
  return html`<div class="pill" id="pill" role="status" aria-live="polite"${attribute('hx-swap-oob', oob && 'innerHTML')}>${body}</div>`;
}

interface Refreshed extends RowPlace {
  fresh: readonly InboxRow[];
  kept: readonly InboxRow[];
  shown: readonly string[];
  counts: Counts;
}

/** The rows in the order in which the page shows them; what waits no longer is marked, not taken away, and what is new is only counted. */
export function liveRows(ctx: SignedInCtx, { fresh, kept, shown, counts, ...place }: Refreshed): Raw {
  const waiting = new Map(fresh.map((row) => [row.requestNo, row]));
  const known = new Map(kept.map((row) => [row.requestNo, row]));
  const rows = shown.flatMap((no) => {
    const row = waiting.get(no) ?? known.get(no);
    return row ? [{ row, gone: !waiting.has(no) && row.state !== 'submitted' }] : [];
  });
  const newcomers = place.filter.after ? 0 : fresh.filter((row) => !shown.includes(row.requestNo)).length;
  return html`${rowList(ctx, rows, place)}${pill(ctx, place.filter, newcomers, true)}${tabs(ctx, place.filter, counts, true)}`;
}
