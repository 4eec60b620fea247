// 待办 (and 商户开户审核, which is the same list filtered by kind): list and opened request side by side, each request with its own address.
import { type InboxFilter, inboxCounts, inboxPage, inboxRefresh } from '../../db/inbox.ts';
import { preferencesOf, type SavedView, savedViews } from '../../db/preferences.ts';
import { workingCalendar } from '../../db/reference.ts';
import type { Calendar } from '../../workflows/rules/calendar.ts';
import { isFor, page, param, query, type Route, type SignedInCtx, see, wantsFragment } from '../http.ts';
import { type Opened, opened, told } from '../requests/page.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { paths } from '../ui/paths.ts';
import { addressOf, cursorOf, filterOf, isRequestNo, textOfFilter } from './filter.ts';
import { liveRows, PAGE } from './rows.ts';
import { inboxSwap, inboxView, type Shown, sheetSwap } from './views.ts';

export const inboxRoutes: Route[] = [
  { method: 'GET', path: '/inbox', right: ['inbox'], handle: list },
  { method: 'GET', path: '/inbox/rows', right: ['inbox'], handle: refreshed },
  { method: 'GET', path: '/inbox/:no', right: ['inbox'], handle: open },
];

async function list(ctx: SignedInCtx): Promise<void> {
  // A bare address opens with the view that the user has chosen to begin with.
  const views = await savedViews(ctx.db, ctx.user.code);
  const first = Object.keys(ctx.req.query).length === 0 ? views.find((view) => view.isDefault) : undefined;
  if (first?.query) return see(ctx, `${paths.inbox()}?${first.query}`);
  await showInbox(ctx, filterOf(ctx), null, { views, toast: doneBefore(ctx) });
}

async function open(ctx: SignedInCtx): Promise<void> {
  const filter = filterOf(ctx);
  if (!isRequestNo(param(ctx, 'no'))) return see(ctx, paths.inbox(addressOf(filter)));
  const sheet = await opened(ctx, textOfFilter(filter));
  if (isFor(ctx, 'sheet')) return page(ctx, await sheetSwap(ctx, filter, sheet));
  await showInbox(ctx, filter, sheet, { toast: doneBefore(ctx) });
}

/** What came of the decision whose redirect led here. */
async function doneBefore(ctx: SignedInCtx): Promise<Hole> {
  const [did, commandId] = [query(ctx, 'did', 20), query(ctx, 'command', 100)];
  return did && commandId ? toastOf(did, await told(ctx, did, commandId)) : null;
}

/** What came of a decision, over the list. */
export const toastOf = (requestNo: string, said: Hole): Raw => html`<b class="mono">${requestNo}</b> ${said}`;

interface More {
  status?: number;
  views?: SavedView[];
  toast?: Hole | Promise<Hole>;
}

/** The whole inbox, as a page or as the fragment that a decision morphs into place. */
export async function showInbox(ctx: SignedInCtx, filter: InboxFilter, sheet: Opened | null, more: More = {}): Promise<void> {
  const { db, user } = ctx;
  const { status = 200 } = more;
  const [toast = null, rows, counts, views, preferences, calendar] = await Promise.all([
    more.toast,
    inboxPage(db, user, filter, PAGE + 1),
    inboxCounts(db, user, filter),
    more.views ?? savedViews(db, user.code),
    preferencesOf(db, user.code),
    calendarNow(ctx),
  ]);
  const last = rows.length > PAGE ? rows[PAGE - 1] : undefined;
  const shown: Shown = {
    filter,
    rows: rows.slice(0, PAGE),
    counts,
    next: last ? cursorOf(last) : null,
    views,
    keys: preferences.keys,
    calendar,
    now: Date.now(),
    sheet,
    toast,
  };
  if (!wantsFragment(ctx)) return page(ctx, await inboxView(ctx, shown), status);
  const address = addressOf(filter);
  ctx.res.set('HX-Push-Url', sheet ? paths.inboxItem(sheet.requestNo, address) : paths.inbox(address));
  page(ctx, await inboxSwap(ctx, shown), status);
}

/** What a page that shows these rows should show now: the same rows in their places, and how many are new. */
async function refreshed(ctx: SignedInCtx): Promise<void> {
  const filter = filterOf(ctx);
  const shown = query(ctx, 'shown', 4000)
    .split(',')
    .filter(Boolean)
    .slice(0, PAGE * 2);
  const [news, calendar] = await Promise.all([inboxRefresh(ctx.db, ctx.user, filter, PAGE, shown), calendarNow(ctx)]);
  page(ctx, liveRows(ctx, { filter, ...news, shown, calendar, now: Date.now(), current: query(ctx, 'current', 20) }));
}

let kept: { calendar: Calendar; at: number } | null = null;
/** The working calendar, asked once a minute. */
async function calendarNow(ctx: SignedInCtx): Promise<Calendar> {
  if (!kept || Date.now() - kept.at > 60_000) kept = { calendar: await workingCalendar(ctx.db), at: Date.now() };
  return kept.calendar;
}
