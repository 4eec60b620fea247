// The page of a request, for whoever asks for it and for whoever has just handed it in.
import { together } from '../../db/connect.ts';
import { findDraft } from '../../db/drafts.ts';
import type { Request } from '../../workflows/rules/request.ts';
import type { Checked } from '../drafts/check.ts';
import { notFound, page, query, type SignedInCtx } from '../http.ts';
import { html } from '../ui/html.ts';
import { frameCounts, layout } from '../ui/layout.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { besides, findWithEvents, knownOf, plain, told } from './page.ts';
import { requestPage } from './views.ts';

/** What the page of a new request shows whatever becomes of it: asked for while its worker is at it. What fails is asked for again where it is shown. */
export function lookAhead(ctx: SignedInCtx, requestNo: string, { levels, members, similar }: Checked, data: Request['data']) {
  const beside = together(ctx.db, (db) => besides({ db, user: ctx.user }, requestNo, data)).catch(() => null);
  const counts = frameCounts(ctx, requestNo).catch(() => null);
  return Promise.all([beside, counts]).then(([beside, counts]) => ({ beside, counts, group: levels[0], people: members, twins: similar }));
}

interface Answering {
  /** It had been handed in before. */
  again?: boolean;
  /** Where the page belongs, when it answers something else than a question for it. */
  address?: string;
  ahead?: ReturnType<typeof lookAhead> | undefined;
}
export async function showRequest(
  ctx: SignedInCtx,
  requestNo: string,
  { again = query(ctx, 'first') === '1', address = '', ahead }: Answering = {},
): Promise<void> {
  const found = await findWithEvents(ctx.db, requestNo);
  if (!found) return showAccepted(ctx, requestNo, address);
  // Of what was handed in just now and stands, its maker has not been told anything that looking at it would read.
  const reads = !ahead || found.row.state !== 'submitted';
  // Waited for before anything else begins, which might fail meanwhile with nobody listening.
  const looked = await ahead;
  const commandId = query(ctx, 'command', 100);
  const said = commandId ? told(ctx, requestNo, commandId) : again && notice('warn', ctx.text.opening.accepted);
  const [shown, words, counts] = await Promise.all([knownOf(ctx, found, reads, looked), said, looked?.counts ?? frameCounts(ctx, requestNo)]);
  page(ctx, await requestPage(ctx, shown, { ...plain, notice: words }, { counts, address }));
}

/** Temporal has the request, but no worker has written its rows yet. */
async function showAccepted(ctx: SignedInCtx, requestNo: string, address: string): Promise<void> {
  const draft = await findDraft(ctx.db, requestNo);
  if (draft?.makerCode !== ctx.user.code || !draft.acceptedAt) throw notFound();
  const body = html`<div class="head"><h1>${requestNo}</h1></div><div class="page" hx-get="${paths.request(requestNo)}" hx-trigger="every 3s" hx-select="#content" hx-target="#content" hx-swap="outerHTML">${notice('warn', ctx.text.request.accepted)}</div>`;
  page(ctx, await layout(ctx, { title: requestNo, address, body }));
}
