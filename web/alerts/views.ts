// Pages of 风险预警.
import { randomUUID } from 'node:crypto';
import { type AlertRow, alertNoOf } from '../../db/alerts.ts';
import type { MerchantRow } from '../../db/merchants.ts';
import { type AlertAction, alertActions, alertRefusal, alertRules } from '../../workflows/rules/alerts.ts';
import { typedDay } from '../../workflows/rules/calendar-day.ts';
import { showFen } from '../../workflows/rules/money.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { moment, notice, options, pager, statusTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

const stateTag = (text: Text, row: Pick<AlertRow, 'state' | 'overdue'>): Raw =>
  html`<span class="tag ${row.state === 'closed' ? 'good' : row.state === 'open' ? 'bad' : 'brand-t'}">${text.alerts.states[row.state]}</span>${row.overdue && row.state !== 'closed' && html` <span class="tag warn">${text.inbox.overdue}</span>`}`;

/** What was seen, as a sentence. */
function seen(text: Text, row: AlertRow): string {
  const shown = Object.entries(row.detail).map(([key, value]) => [key, key === 'fen' || key === 'topUp' ? showFen(Number(value)) : String(value)] as const);
  return fill(text.alerts.sentences[row.rule], Object.fromEntries(shown));
}

export function alertsPage(
  ctx: SignedInCtx,
  filter: { state: string; rule: string },
  rows: readonly AlertRow[],
  later: boolean,
  next: number | undefined,
): Promise<Raw> {
  const { text } = ctx;
  const words = text.alerts;
  const states = Object.entries(words.states).map(([value, label]) => ({ value, label }));
  const rules = alertRules.map((value) => ({ value, label: words.rules[value] }));
  const body = html`<div class="head"><h1>${words.title}</h1></div><form class="bar" method="get" action="${paths.alerts()}" role="search"><select class="field short" name="state" aria-label="${words.state}">${options(states, filter.state, `${words.state}: ${text.common.all}`)}</select><select class="field short" name="rule" aria-label="${words.rule}">${options(rules, filter.rule, `${words.rule}: ${text.common.all}`)}</select><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${words.no}</th><th>${words.rule}</th><th>${words.seen}</th><th>${text.fields.merchantNo}</th><th>${text.fields.terminalNo}</th><th>${words.raisedAt}</th><th>${words.dueAt}</th><th>${words.owner}</th><th>${words.state}</th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><td class="mono"><a href="${paths.alert(alertNoOf(row))}">${alertNoOf(row)}</a></td><td>${words.rules[row.rule]}</td><td class="wrap">${seen(text, row)}</td><td class="mono"><a href="${paths.merchant(row.merchantNo)}">${row.merchantNo}</a></td><td class="mono">${row.terminalNo !== '' && html`<a href="${paths.terminal(row.terminalNo)}">${row.terminalNo}</a>`}</td><td class="mono">${moment(row.raisedAt)}</td><td class="mono">${moment(row.dueAt)}</td><td>${row.whole?.owner?.name}</td><td>${stateTag(text, row)}</td></tr>`,
  )}</tbody></table>${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>${pager(text, later ? paths.alerts(filter) : null, next === undefined ? null : paths.alerts({ ...filter, before: next }))}`;
  return layout(ctx, { title: words.title, body });
}

interface Shown {
  row: AlertRow;
  merchant: MerchantRow | null;
  busy: readonly { requestNo: string; kind: string }[];
  said: Hole;
  /** What was typed when it was refused. */
  typed: string;
}

export function alertPage(ctx: SignedInCtx, { row, merchant, busy, said, typed }: Shown): Promise<Raw> {
  const { text } = ctx;
  const words = text.alerts;
  const no = alertNoOf(row);
  const events = row.whole?.events ?? [];
  const body = html`<article class="sheet"><div class="title"><h1>${words.rules[row.rule]} <span class="mono">${no}</span></h1>${stateTag(text, row)}</div>
<p class="why">${seen(text, row)}</p>
<div class="two"><section class="card"><h2>${words.about}</h2><dl class="d"><dt>${text.fields.merchantName}</dt><dd><a href="${paths.merchant(row.merchantNo)}">${merchant?.name} <span class="mono">${row.merchantNo}</span></a> ${merchant && statusTag(text, merchant.status)}</dd>${row.terminalNo !== '' && html`<dt>${text.fields.terminalNo}</dt><dd class="mono"><a href="${paths.terminal(row.terminalNo)}">${row.terminalNo}</a></dd>`}<dt>${words.owner}</dt><dd>${row.whole?.owner ? `${row.whole.owner.name} ${row.whole.owner.code}` : words.nobody}</dd><dt>${words.raisedAt}</dt><dd class="mono">${wholeMoment(row.raisedAt)}</dd><dt>${words.dueAt}</dt><dd class="mono">${wholeMoment(row.dueAt)}</dd></dl><p><a href="${paths.transactions({ q: row.terminalNo || row.merchantNo, from: typedDay(row.day), until: typedDay(row.day) })}">${words.transactions}</a> · <a href="${paths.merchantDay(row.merchantNo, { date: typedDay(row.day) })}">${text.transaction.dayTitle}</a></p>${busy.map((one) => notice('warn', html`${fill(text.drafts.busy, { kind: word(text.kinds, one.kind) })} <a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a>`))}${ctx.user.rights.includes('merchantFreeze') && merchant?.status === 'active' && busy.length === 0 && html`<form method="post" action="${paths.drafts('merchantFreeze')}" class="inline row">${token(ctx)}<input type="hidden" name="subject" value="${row.merchantNo}"><button class="btn danger">${text.kinds.merchantFreeze}</button></form>`}</section>
<section class="card"><h2>${words.handling}</h2>${ctx.user.rights.includes('riskHandling') ? handlingForm(ctx, row, no, typed) : html`<p class="muted">${words.readOnly}</p>`}</section></div>
<section class="card happened"><h2>${words.story}</h2>${events.map((event) => html`<div class="line"><time datetime="${new Date(event.at).toISOString()}">${wholeMoment(event.at).slice(5)}</time><span></span><span><b>${event.by?.name ?? text.common.system}</b> ${words.events[event.type]}${event.refusal && html`: ${text.refusals[event.refusal]}`}${event.text !== '' && html`<br><span>${event.text}</span>`}</span></div>`)}</section></article>`;
  return layout(ctx, { title: no, crumbs: [{ label: words.title, path: paths.alerts() }, { label: no }], entry: 'riskAlerts', notice: said, body });
}

/** Buttons of what may be done now; the others are not drawn. */
function handlingForm(ctx: SignedInCtx, row: AlertRow, no: string, typed: string): Hole {
  const { text, user } = ctx;
  const state = { state: row.state, owner: row.whole?.owner ?? null };
  const may = (action: AlertAction) => alertRefusal(state, { action, actor: user, text: 'x' }) === null;
  const open = alertActions.filter(may);
  if (open.length === 0) return html`<p class="muted">${row.state === 'closed' ? text.alerts.closed : text.refusals.claimed_by_other}</p>`;
  const writes = typed !== '' || open.some((action) => action !== 'take');
  return html`<form method="post" action="${paths.alertActions(no)}" class="form">${token(ctx)}<input type="hidden" name="commandId" value="${randomUUID()}">${writes && html`<label class="stack"><span>${text.alerts.text}</span><textarea class="field" name="text" rows="3" maxlength="400">${typed}</textarea></label>`}<div class="buttons">${open.map((action) => html`<button class="btn${action === 'take' || action === 'close' ? ' primary' : ''}" name="action" value="${action}"${attribute('title', text.alerts.hints[action])}>${text.alerts.actions[action]}</button>`)}</div></form>`;
}
