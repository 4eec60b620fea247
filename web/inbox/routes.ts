// 待办 (and 商户开户审核, which is the same list filtered by kind).
import { type InboxFilter, type InboxRow, inboxCounts, inboxPage, type Tab, tabs } from '../../db/inbox.ts';
import { isKind } from '../../workflows/rules/kinds.ts';
import { page, query, type Route, type SignedInCtx, wantsFragment } from '../http.ts';
import { inboxFragment, inboxView } from './views.ts';

export const inboxRoutes: Route[] = [{ method: 'GET', path: '/inbox', right: ['inbox'], handle: inbox }];

export const PAGE = 50;

async function inbox(ctx: SignedInCtx): Promise<void> {
  const filter = readFilter(ctx);
  const [rows, counts] = await Promise.all([inboxPage(ctx.db, ctx.user, filter, PAGE + 1), inboxCounts(ctx.db, ctx.user, filter)]);
  const shown = { filter, rows: rows.slice(0, PAGE), counts, next: rows.length > PAGE ? cursor(rows[PAGE - 1]) : undefined, now: Date.now() };
  page(ctx, wantsFragment(ctx) ? inboxFragment(ctx, shown) : await inboxView(ctx, shown));
}

function readFilter(ctx: SignedInCtx): InboxFilter {
  const tab = tabs.find((one): one is Tab => one === query(ctx, 'tab')) ?? 'mine';
  const kind = query(ctx, 'kind');
  const q = query(ctx, 'q', 60).trim();
  const after = readCursor(query(ctx, 'after'));
  return { tab, ...(isKind(kind) ? { kind } : {}), ...(q ? { q } : {}), ...(after ? { after } : {}) };
}

const cursor = (row: InboxRow | undefined) => (row ? `${Math.round(row.at)}_${row.requestNo}` : undefined);

function readCursor(text: string): InboxFilter['after'] | null {
  const [, ms, requestNo] = /^(\d{10,13})_([A-Z]{2}\d{14})$/.exec(text) ?? [];
  return ms && requestNo ? { at: Number(ms), requestNo } : null;
}
