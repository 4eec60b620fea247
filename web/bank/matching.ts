// 匹配情况: every top-up that waits, beside the line that most likely brought its money.
import { type Match, openMatches } from '../../db/matching.ts';
import { workingCalendar } from '../../db/reference.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { page, type Route, type SignedInCtx } from '../http.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { paths } from '../ui/paths.ts';

export const matchingRoutes: Route[] = [{ method: 'GET', path: '/bank-lines/matching', right: ['bankLines', 'topUpReview'], handle: show }];

const SHOWN = 200;
const reasons = ['note', 'account', 'name', 'amount', 'none'] as const;

async function show(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const words = text.bank;
  const counts = { note: 0, account: 0, name: 0, amount: 0, none: 0 };
  const shown: Match[] = [];
  for await (const match of openMatches(db, await workingCalendar(db))) {
    counts[match.lines[0]?.reason ?? 'none'] += 1;
    if (shown.length < SHOWN) shown.push(match);
  }
  const label = (reason: (typeof reasons)[number]) => (reason === 'none' ? words.noMatch : text.request.matches[reason]);
  const body = html`<div class="head"><h1>${words.matching}</h1></div><div class="page tiles">${reasons.map((reason) => html`<section class="card tile"><span>${label(reason)}</span><b class="num">${counts[reason]}</b></section>`)}</div>
<div class="table" tabindex="0" role="region" aria-label="${words.matching}"><table class="t wide"><thead><tr><th>${text.request.no}</th><th>${text.request.merchant}</th><th class="num">${text.bulk.amount}</th><th>${words.matching}</th><th>${words.bookedOn}</th><th>${words.party}</th><th>${words.note}</th></tr></thead><tbody>${shown.map(({ topUp, lines: [best] }) => html`<tr><td class="mono"><a href="${paths.request(topUp.requestNo)}">${topUp.requestNo}</a></td><td>${topUp.title}</td><td class="num">${showFen(topUp.amountFen)}</td><td><span class="tag ${best && best.reason !== 'amount' ? 'good' : 'warn'}">${label(best?.reason ?? 'none')}</span></td><td class="mono">${best?.line.bookedOn}</td><td>${best?.line.partyName}</td><td class="wrap">${best?.line.note}</td></tr>`)}</tbody></table>${shown.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>`;
  page(
    ctx,
    await layout(ctx, {
      title: words.matching,
      crumbs: [{ label: words.title, path: paths.bankLines() }, { label: words.matching }],
      entry: 'bankLines',
      body,
    }),
  );
}
