// The filters of 待办 as its address carries them.
import { type InboxFilter, type InboxRow, type Sort, sorts, type Tab, tabs } from '../../db/inbox.ts';
import { isKind } from '../../workflows/rules/kinds.ts';
import { field, type SignedInCtx } from '../http.ts';

/** Reads filters from the query of an address, or from one kept as text (`from` of a form, a saved view). */
function readFilter(source: unknown): InboxFilter {
  const text = (name: string, max = 200) => field(source, name, max);
  const tab = tabs.find((one): one is Tab => one === text('tab')) ?? 'mine';
  const sort = sorts.find((one): one is Sort => one === text('sort')) ?? 'due';
  const kind = text('kind');
  const q = text('q', 60).trim();
  const after = readCursor(text('after'));
  return { tab, sort, ...(isKind(kind) ? { kind } : {}), ...(q ? { q } : {}), ...(after ? { after } : {}) };
}

export const isRequestNo = (text: string) => /^[A-Z]{2}\d{14}$/.test(text);

export const filterOf = (ctx: SignedInCtx) => readFilter(ctx.req.query);
export const filterFrom = (from: string) => readFilter(Object.fromEntries(new URLSearchParams(from)));

/** The same filters, from the first page on. */
export function fromStart({ after: _page, ...filter }: InboxFilter): InboxFilter {
  return filter;
}

/** As an address carries it: what is the default is left out. */
export function addressOf(filter: InboxFilter): Record<string, string | undefined> {
  const { tab, sort, kind, q, after } = filter;
  return {
    tab: tab === 'mine' ? undefined : tab,
    sort: !sort || sort === 'due' ? undefined : sort,
    kind,
    q,
    after: after && `${Math.round(after.at)}_${after.requestNo}`,
  };
}

/** The same as text, for `from`. */
export function textOfFilter(filter: InboxFilter): string {
  const pairs = Object.entries(addressOf(filter)).flatMap(([key, value]) => (value ? [[key, value]] : []));
  return new URLSearchParams(pairs).toString();
}

export const cursorOf = (row: InboxRow) => ({ at: Math.round(row.at), requestNo: row.requestNo });

function readCursor(text: string): InboxFilter['after'] | null {
  const [, at, requestNo] = /^(\d{1,15})_([A-Z]{2}\d{14})$/.exec(text) ?? [];
  return at && requestNo ? { at: Number(at), requestNo } : null;
}
