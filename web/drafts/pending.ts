// 查看待审核记录: what a merchant has submitted and nobody has decided yet.
import { findMerchant } from '../../db/merchants.ts';
import { pendingTopUps } from '../../db/requests.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { amountInWords } from '../../workflows/rules/words.ts';
import { notFound, page, query, type Route, type SignedInCtx } from '../http.ts';
import { codeNamesOf } from '../people/names.ts';
import { word } from '../text/index.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

export const pendingRoutes: Route[] = [{ method: 'GET', path: '/top-ups/pending', right: ['topUp', 'topUpReview'], handle: pending }];

async function pending(ctx: SignedInCtx): Promise<void> {
  const { text } = ctx;
  const row = await findMerchant(ctx.db, query(ctx, 'merchant', 15));
  if (!row) throw notFound();
  const [rows, codes] = await Promise.all([pendingTopUps(ctx.db, row.merchantNo), codeNamesOf(ctx)]);
  const body = html`<div class="head"><h1>${text.drafts.pendingTitle} <small>${row.name} <span class="mono">${row.merchantNo}</span></small></h1></div>
<div class="table" tabindex="0" role="region" aria-label="${text.drafts.pendingTitle}"><table class="t wide"><thead><tr><th>${text.request.no}</th><th class="num">${text.bulk.amount}</th><th>${text.fields.amountInWords}</th><th>${text.request.maker}</th><th>${text.request.submittedAt}</th><th>${text.print.group}</th></tr></thead><tbody>${rows.map((one) => html`<tr><td class="mono"><a href="${paths.request(one.requestNo)}">${one.requestNo}</a></td><td class="num">${showFen(one.amountFen ?? 0)}</td><td>${amountInWords(one.amountFen ?? 0)}</td><td>${one.makerName}</td><td class="mono">${wholeMoment(one.submittedAt)}</td><td>${word(codes, one.waitsFor ?? '')}</td></tr>`)}</tbody></table>${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>`;
  page(
    ctx,
    await layout(ctx, {
      title: text.drafts.pendingTitle,
      crumbs: [{ label: text.kinds.topUp, path: paths.drafts('topUp') }, { label: text.drafts.pendingTitle }],
      entry: 'topUp',
      body,
    }),
  );
}
