// 试算平衡: every account's turnover, and whether the books hold.
import { dayEnds } from '../../db/day-end.ts';
import { trialBalance } from '../../db/ledger.ts';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { accounts } from '../../workflows/rules/ledger.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { page, type Route, type SignedInCtx } from '../http.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { notice, wholeMoment } from '../ui/parts.ts';

export const ledgerRoutes: Route[] = [{ method: 'GET', path: '/ledger', right: ['ledger'], handle: show }];

async function show(ctx: SignedInCtx): Promise<void> {
  const { text } = ctx;
  const words = text.ledger;
  const [rows, faults, ends] = await Promise.all([trialBalance(ctx.db), ledgerFaults(ctx.db), dayEnds(ctx.db, 30)]);
  const total = (side: 'debitFen' | 'creditFen') => rows.reduce((sum, row) => sum + row[side], 0);
  const balance = (row: (typeof rows)[number]) => (accounts[row.account] === 'debit' ? row.debitFen - row.creditFen : row.creditFen - row.debitFen);
  const body = html`<div class="head"><h1>${words.title}</h1></div>${faults.length === 0 ? notice('good', words.holds) : notice('bad', html`<b>${words.faults}</b><ul class="faults">${faults.slice(0, 50).map((fault) => html`<li>${fault}</li>`)}</ul>`)}
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${words.account}</th><th>${words.name}</th><th>${words.owner}</th><th class="num">${words.debit}</th><th class="num">${words.credit}</th><th class="num">${words.balance}</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td class="mono">${row.account}</td><td>${text.accounts[row.account]}</td><td class="mono">${row.owner}</td><td class="num">${showFen(row.debitFen)}</td><td class="num">${showFen(row.creditFen)}</td><td class="num">${showFen(balance(row))}</td></tr>`)}</tbody>
<tfoot><tr><th colspan="3">${words.total}</th><td class="num"><b>${showFen(total('debitFen'))}</b></td><td class="num"><b>${showFen(total('creditFen'))}</b></td><td></td></tr></tfoot></table></div>
<div class="page"><section class="card"><h2>${words.dayEnd}</h2>${ends.length === 0 ? html`<p class="muted">${words.noDayEnd}</p>` : html`<table class="t"><thead><tr><th>${text.transaction.businessDate}</th><th>${words.settledAt}</th><th class="num">${words.entryCount}</th><th class="num">${words.debit}</th><th class="num">${words.credit}</th><th>${words.outcome}</th></tr></thead><tbody>${ends.map((end) => html`<tr><td class="mono">${end.businessDate}</td><td class="mono">${wholeMoment(end.settledAt)}</td><td class="num">${end.entries}</td><td class="num">${showFen(end.debitFen)}</td><td class="num">${showFen(end.creditFen)}</td><td>${end.faults.length === 0 ? words.settled : html`<span class="tag bad">${end.faults.join('; ')}</span>`}</td></tr>`)}</tbody></table>`}</section></div>`;
  page(ctx, await layout(ctx, { title: words.title, body }));
}
