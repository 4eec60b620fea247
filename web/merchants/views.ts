// Pages of 商户信息.
import type { EntryLine, Quota } from '../../db/ledger.ts';
import type { MerchantFilter, MerchantRow, MerchantVersionRow } from '../../db/merchants.ts';
import type { RequestRow } from '../../db/requests.ts';
import type { TerminalRow } from '../../db/terminals.ts';
import type { Activity } from '../../db/transactions.ts';
import { merchantFields, merchantParts } from '../../workflows/rules/merchant-form.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { shapeOf } from '../../workflows/rules/reports.ts';
import type { SignedInCtx } from '../http.ts';
import { isRequestNo } from '../inbox/filter.ts';
import { fieldShown } from '../requests/content.ts';
import { revealForm } from '../requests/reveal.ts';
import type { Known } from '../requests/views.ts';
import { terminalTable } from '../terminals/table.ts';
import { fill, word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { notice, options, pager, stateTag, statusTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

export function merchantsPage(
  ctx: SignedInCtx,
  filter: MerchantFilter,
  rows: readonly MerchantRow[],
  next: string | undefined,
  areas: readonly { code: string; name: string }[],
): Promise<Raw> {
  const { text } = ctx;
  const words = text.merchants;
  const keep = { q: filter.q, status: filter.status, area: filter.areaCode };
  const areaName = new Map(areas.map((area) => [area.code, area.name]));
  const statuses = Object.entries(text.merchantStatus).map(([value, label]) => ({ value, label }));
  return layout(ctx, {
    title: words.title,
    body: html`<div class="head"><h1>${words.title}</h1></div><form class="bar" method="get" action="${paths.merchants()}" role="search"><input class="field" name="q" value="${filter.q ?? ''}" placeholder="${words.q}" aria-label="${words.q}" maxlength="60">
<select class="field short" name="status" aria-label="${words.status}">${options(statuses, filter.status ?? '', `${words.status}: ${text.common.all}`)}</select><select class="field short" name="area" aria-label="${words.area}">${options(
      areas.map((area) => ({ value: area.code, label: `${area.code} ${area.name}` })),
      filter.areaCode ?? '',
      `${words.area}: ${text.common.all}`,
    )}</select><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${text.fields.merchantNo}</th><th>${text.fields.merchantName}</th><th>${text.fields.shortName}</th><th>${text.fields.uscc}</th><th>${words.area}</th><th>MCC</th><th>${words.status}</th><th>${words.versions}</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td class="mono"><a href="${paths.merchant(row.merchantNo)}">${row.merchantNo}</a></td><td>${row.name}</td><td>${row.shortName}</td><td class="mono">${row.uscc}</td><td class="line">${areaName.get(row.areaCode)}</td><td class="mono">${row.mcc}</td><td>${statusTag(text, row.status)}</td><td class="num">${row.version}</td></tr>`)}</tbody></table>${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
${pager(text, filter.after ? paths.merchants(keep) : null, next ? paths.merchants({ ...keep, after: next }) : null)}`,
  });
}

interface MerchantShown {
  row: MerchantRow;
  versions: readonly MerchantVersionRow[];
  requests: readonly RequestRow[];
  quota: Quota | null;
  names: Known['names'];
  /** Its open request. */
  busy: readonly { requestNo: string; kind: string }[];
  terminals: readonly TerminalRow[];
  activity: ReadonlyMap<string, Activity>;
  /** Its latest journal lines. */
  lines: readonly EntryLine[];
  said: Hole;
  /** Masked fields are shown in full (an audited reveal). */
  plain: boolean;
}

export function merchantPage(ctx: SignedInCtx, shown: MerchantShown): Promise<Raw> {
  const { row, versions, requests, quota, names } = shown;
  const { text } = ctx;
  const words = text.merchants;
  const [present] = versions;
  const parts =
    present &&
    merchantParts.map(
      (part) =>
        html`<section class="card"><h2>${text.opening.parts[part]}</h2><dl class="d">${merchantFields.filter((one) => one.part === part && present.form[one.key] !== '').map((one) => html`<dt>${text.fields[one.key]}</dt><dd>${fieldShown(text, one.key, present.form[one.key], names, shown.plain)}</dd>`)}</dl></section>`,
    );
  return layout(ctx, {
    title: row.name,
    crumbs: [{ label: words.title, path: paths.merchants() }, { label: row.merchantNo }],
    entry: 'merchantInfo',
    notice: shown.said,
    body: html`<article class="sheet"><div class="title"><h1>${row.name}</h1><span class="mono muted">${row.merchantNo}</span>${statusTag(text, row.status)}</div>
${shown.busy.map((one) => notice('warn', html`${fill(text.drafts.busy, { kind: word(text.kinds, one.kind) })} <a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a>`))}
<div class="two"><section class="card"><h2>${words.quota} ${quota && ctx.user.rights.includes(shapeOf('quota-entries').right) && html`<a href="${paths.report('quota-entries', { merchant: row.merchantNo, period: 'month' })}">${text.reports.titles['quota-entries']}</a>`}</h2>${quota ? html`<dl class="d"><dt>${words.balance}</dt><dd class="num">${showFen(quota.available + quota.frozen)}</dd><dt>${words.frozen}</dt><dd class="num">${showFen(quota.frozen)}</dd><dt>${words.available}</dt><dd class="num">${showFen(quota.available)}</dd></dl>` : html`<p class="muted">${words.none}</p>`}</section>
<section class="card"><h2>${words.versions}</h2><table class="t"><thead><tr><th>${words.versions}</th><th>${words.effectiveAt}</th><th>${words.madeBy}</th></tr></thead><tbody>${versions.map((one) => html`<tr><td>${fill(words.version, { n: one.version })}</td><td class="mono">${wholeMoment(one.effectiveAt)}</td><td><a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a></td></tr>`)}</tbody></table></section></div>
<section class="card"><h2>${words.requests}</h2><table class="t"><thead><tr><th>${text.request.no}</th><th>${text.inbox.kind}</th><th>${text.request.maker}</th><th>${text.request.submittedAt}</th><th>${text.request.state}</th></tr></thead><tbody>${requests.map((one) => html`<tr><td><a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a></td><td>${word(text.kinds, one.kind)}</td><td>${one.makerName}</td><td class="mono">${wholeMoment(one.submittedAt)}</td><td>${stateTag(text, one.state)}</td></tr>`)}</tbody></table></section>
${shown.terminals.length > 0 && html`<section class="card"><h2>${text.terminals.title} <a href="${paths.merchantDay(row.merchantNo)}">${text.transaction.dayTitle}</a></h2><div class="scroll" tabindex="0" role="region" aria-label="${text.terminals.title}">${terminalTable(text, shown.terminals, shown.activity)}</div></section>`}
${shown.lines.length > 0 && html`<section class="card" id="journal"><h2>${text.ledger.entries}</h2><table class="t"><thead><tr><th>${text.inbox.at}</th><th>${text.ledger.account}</th><th class="num">${text.ledger.debit}</th><th class="num">${text.ledger.credit}</th><th class="num">${text.ledger.after}</th><th>${text.ledger.cause}</th></tr></thead><tbody>${shown.lines.map((line) => html`<tr><td class="mono">${wholeMoment(line.at)}</td><td>${line.account} ${text.accounts[line.account]}</td><td class="num">${line.debitFen > 0 && showFen(line.debitFen)}</td><td class="num">${line.creditFen > 0 && showFen(line.creditFen)}</td><td class="num">${line.afterFen !== null && showFen(line.afterFen)}</td><td class="mono">${isRequestNo(line.cause) ? html`<a href="${paths.request(line.cause)}">${line.cause}</a>` : line.cause}</td></tr>`)}</tbody></table></section>`}
${!shown.plain && revealForm(ctx, paths.merchantReveal(row.merchantNo))}<div class="two">${parts}</div></article>`,
  });
}
