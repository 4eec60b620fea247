// The page of a request, for whoever asks for it and for whoever has just handed it in.
import { findDraft } from '../../db/drafts.ts';
import { findRequest } from '../../db/requests.ts';
import { notFound, page, query, type SignedInCtx } from '../http.ts';
import { html } from '../ui/html.ts';
import { frameCounts, layout } from '../ui/layout.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { knownOf, plain, told } from './page.ts';
import { requestPage } from './views.ts';

/** `again`: it had been handed in before. `address`: where the page belongs, when it answers something else than a question for it. */
export async function showRequest(ctx: SignedInCtx, requestNo: string, { again = query(ctx, 'first') === '1', address = '' } = {}): Promise<void> {
  const row = await findRequest(ctx.db, requestNo);
  if (!row) return showAccepted(ctx, requestNo, address);
  const commandId = query(ctx, 'command', 100);
  const said = commandId ? told(ctx, requestNo, commandId) : again && notice('warn', ctx.text.opening.accepted);
  const [shown, words, counts] = await Promise.all([knownOf(ctx, row), said, frameCounts(ctx, requestNo)]);
  page(ctx, await requestPage(ctx, shown, { ...plain, notice: words }, { counts, address }));
}

/** Temporal has the request, but no worker has written its rows yet. */
async function showAccepted(ctx: SignedInCtx, requestNo: string, address: string): Promise<void> {
  const draft = await findDraft(ctx.db, requestNo);
  if (draft?.makerCode !== ctx.user.code || !draft.acceptedAt) throw notFound();
  const body = html`<div class="head"><h1>${requestNo}</h1></div><div class="page" hx-get="${paths.request(requestNo)}" hx-trigger="every 3s" hx-select="#content" hx-target="#content" hx-swap="outerHTML">${notice('warn', ctx.text.request.accepted)}</div>`;
  page(ctx, await layout(ctx, { title: requestNo, address, body }));
}
