// Pages of 交易查询.
import type { EntryLine } from '../../db/ledger.ts';
import type { MerchantRow } from '../../db/merchants.ts';
import type { Hour, MessageRow, TransactionRow } from '../../db/transactions.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { isResponseCode, responseCodes } from '../../workflows/rules/response-codes.ts';
import type { SignedInCtx } from '../http.ts';
import { systemNoOf } from '../terminal/answers.ts';
import { fill, type Text, word } from '../text/index.ts';
import { bars } from '../ui/chart.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { options, pager, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

export type Asked = Record<'q' | 'type' | 'code' | 'state' | 'amount' | 'from' | 'until', string>;

export function codeShown(text: Text, code: string): Raw {
  const known = isResponseCode(code) ? responseCodes[code] : null;
  return html`<span class="tag ${code === '00' ? 'good' : 'bad'}">${code}</span> ${known && (text.lang === 'en' ? known.en : known.zh)}`;
}
const stateTag = (text: Text, state: string) =>
  html`<span class="tag ${state === 'approved' ? 'good' : state === 'declined' ? '' : 'warn'}">${word(text.transactionStates, state)}</span>`;
const signed = (row: TransactionRow) => (row.netFen === 0 ? showFen(row.amountFen) : showFen(row.netFen));
const choices = (table: Readonly<Record<string, string>>) => Object.entries(table).map(([value, label]) => ({ value, label }));

export function transactionsPage(
  ctx: SignedInCtx,
  asked: Asked,
  rows: readonly (TransactionRow & { merchantName: string | null })[],
  later: boolean,
  next: number | undefined,
): Promise<Raw> {
  const { text } = ctx;
  const words = text.transaction;
  const keep = { ...asked };
  const codes = [
    { value: 'approved', label: words.approved },
    { value: 'declined', label: words.declined },
    ...Object.entries(responseCodes).map(([value, { zh, en }]) => ({ value, label: `${value} ${text.lang === 'en' ? en : zh}` })),
  ];
  const body = html`<div class="head"><h1>${words.title}</h1><span class="grow"></span><a class="btn" href="${paths.report('terminal-exceptions', { period: 'month' })}">${text.reports.titles['terminal-exceptions']}</a></div><form class="bar wrap" method="get" action="${paths.transactions()}" role="search"><input class="field" name="q" value="${asked.q}" placeholder="${words.q}" aria-label="${words.q}" maxlength="60">
<select class="field short" name="type" aria-label="${words.type}">${options(choices(text.transactionTypes), asked.type, `${words.type}: ${text.common.all}`)}</select><select class="field short" name="code" aria-label="${words.code}">${options(codes, asked.code, `${words.code}: ${text.common.all}`)}</select><select class="field short" name="state" aria-label="${words.state}">${options(choices(text.transactionStates), asked.state, `${words.state}: ${text.common.all}`)}</select>
<input class="field short" name="amount" value="${asked.amount}" placeholder="${words.amount}" aria-label="${words.amount}" inputmode="decimal" maxlength="20"><span class="inline">${(['from', 'until'] as const).map((name) => html`<label class="inline"><span>${text.reference.fields[name]}</span><input class="field short" type="date" name="${name}" value="${asked[name]}"></label>`)}</span><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${words.at}</th><th>${words.systemNo}</th><th>${text.fields.merchantNo}</th><th>${text.fields.merchantName}</th><th>${text.fields.terminalNo}</th><th>${words.trace}</th><th>${words.type}</th><th class="num">${words.amount}</th><th class="num">${words.fee}</th><th>${words.code}</th><th>${words.state}</th><th class="num">${words.balance}</th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><td class="mono" title="${wholeMoment(row.at)}">${wholeMoment(row.at).slice(5)}</td><td class="mono"><a href="${paths.transaction(row.id)}">${systemNoOf(row.id)}</a></td><td class="mono"><a href="${paths.merchant(row.merchantNo)}">${row.merchantNo}</a></td><td class="clip" title="${row.merchantName}">${row.merchantName}</td><td class="mono"><a href="${paths.terminal(row.terminalNo)}">${row.terminalNo}</a></td><td class="mono">${row.batchNo}/${row.traceNo}</td><td>${word(text.transactionTypes, row.type)}</td><td class="num">${signed(row)}</td><td class="num">${showFen(Math.sign(row.netFen) * row.feeFen)}</td><td class="line">${codeShown(text, row.code)}</td><td>${stateTag(text, row.state)}</td><td class="num">${row.balanceFen !== null && showFen(row.balanceFen)}</td></tr>`,
  )}</tbody></table>${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>${pager(text, later ? paths.transactions(keep) : null, next === undefined ? null : paths.transactions({ ...keep, before: next }))}`;
  return layout(ctx, { title: words.title, body });
}

interface Shown {
  row: TransactionRow;
  merchantName: string;
  entries: readonly EntryLine[];
  related: readonly TransactionRow[];
  messages: readonly MessageRow[];
}

export function transactionPage(ctx: SignedInCtx, { row, merchantName, entries, related, messages }: Shown): Promise<Raw> {
  const { text } = ctx;
  const words = text.transaction;
  const line = (label: string, value: Hole) => html`<dt>${label}</dt><dd>${value}</dd>`;
  const body = html`<article class="sheet"><div class="title"><h1>${word(text.transactionTypes, row.type)} <span class="mono">${systemNoOf(row.id)}</span></h1><b class="num">${signed(row)}</b>${stateTag(text, row.state)}</div>
<div class="two"><section class="card"><h2>${words.detail}</h2><dl class="d">${line(words.at, html`<span class="mono">${wholeMoment(row.at)}</span>`)}${line(words.businessDate, row.businessDate)}${line(text.fields.merchantName, html`<a href="${paths.merchant(row.merchantNo)}">${merchantName} <span class="mono">${row.merchantNo}</span></a>`)}${line(text.fields.terminalNo, html`<a class="mono" href="${paths.terminal(row.terminalNo)}">${row.terminalNo}</a>`)}${line(words.batch, row.batchNo)}${line(words.traceNo, row.traceNo)}${line(words.amount, showFen(row.amountFen))}${line(words.fee, showFen(row.feeFen))}${row.cardMask !== '' && line(words.card, html`<span class="mono">${row.cardMask.slice(0, 6)}******${row.cardMask.slice(6)}</span>`)}${row.reason !== '' && line(words.reason, word(words.reasons, row.reason))}${row.refundedFen > 0 && line(words.refunded, showFen(row.refundedFen))}${line(words.code, codeShown(text, row.code))}${row.balanceFen !== null && line(words.balance, showFen(row.balanceFen))}</dl></section>
<section class="card"><h2>${words.related}</h2>${related.length === 0 ? html`<p class="muted">${text.common.none}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="${words.related}"><table class="t"><thead><tr><th>${words.systemNo}</th><th>${words.type}</th><th>${words.at}</th><th class="num">${words.amount}</th><th>${words.state}</th></tr></thead><tbody>${related.map((one) => html`<tr><td class="mono"><a href="${paths.transaction(one.id)}">${systemNoOf(one.id)}</a></td><td>${word(text.transactionTypes, one.type)}</td><td class="mono">${wholeMoment(one.at)}</td><td class="num">${signed(one)}</td><td>${stateTag(text, one.state)}</td></tr>`)}</tbody></table></div>`}</section></div>
<section class="card"><h2>${text.ledger.entries}</h2>${entries.length === 0 ? html`<p class="muted">${words.noEntry}</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="${text.ledger.entries}"><table class="t"><thead><tr><th>${text.ledger.account}</th><th>${text.ledger.owner}</th><th class="num">${text.ledger.debit}</th><th class="num">${text.ledger.credit}</th><th class="num">${text.ledger.before}</th><th class="num">${text.ledger.after}</th></tr></thead><tbody>${entries.map((one) => html`<tr><td>${one.account} ${text.accounts[one.account]}</td><td class="mono">${one.owner}</td><td class="num">${one.debitFen > 0 && showFen(one.debitFen)}</td><td class="num">${one.creditFen > 0 && showFen(one.creditFen)}</td><td class="num">${one.beforeFen !== null && showFen(one.beforeFen)}</td><td class="num">${one.afterFen !== null && showFen(one.afterFen)}</td></tr>`)}</tbody></table></div>`}</section>
<section class="card"><h2>${words.messages}</h2><div class="scroll" tabindex="0" role="region" aria-label="${words.messages}"><table class="t"><thead><tr><th>${words.at}</th><th>${words.type}</th><th>${words.code}</th><th>${words.note}</th></tr></thead><tbody><tr><td class="mono">${wholeMoment(row.at)}</td><td>${word(text.transactionTypes, row.type)}</td><td>${codeShown(text, row.code)}</td><td class="mono"><small>${row.answer}</small></td></tr>${messages.map((one) => html`<tr><td class="mono">${wholeMoment(one.at)}</td><td>${word(text.transactionTypes, one.type)}</td><td>${codeShown(text, one.code)}</td><td>${one.repeats && words.repeated}</td></tr>`)}</tbody></table></div></section></article>`;
  return layout(ctx, {
    title: systemNoOf(row.id),
    crumbs: [{ label: words.title, path: paths.transactions() }, { label: systemNoOf(row.id) }],
    entry: 'transactionQuery',
    body,
  });
}

/** 商户当日: by the hour, as a picture and as the table that says the same. */
export function dayPage(ctx: SignedInCtx, merchant: MerchantRow, date: string, hours: readonly Hour[]): Promise<Raw> {
  const { text } = ctx;
  const words = text.transaction;
  const of = new Map(hours.map((hour) => [hour.hour, hour]));
  const list = Array.from({ length: 24 }, (_, hour) => of.get(hour) ?? { hour, count: 0, fen: 0, declined: 0 });
  const sum = (pick: (hour: Hour) => number) => hours.reduce((total, hour) => total + pick(hour), 0);
  const label = fill(words.dayLabel, { name: merchant.name, date, count: sum((hour) => hour.count), fen: showFen(sum((hour) => hour.fen)) });
  const body = html`<article class="sheet"><div class="title"><h1>${words.dayTitle}</h1><a href="${paths.merchant(merchant.merchantNo)}">${merchant.name} <span class="mono">${merchant.merchantNo}</span></a></div>
<form class="inline" method="get" action="${paths.merchantDay(merchant.merchantNo)}"><label class="inline"><span>${words.businessDate}</span><input class="field short" type="date" name="date" value="${date}"></label><button class="btn">${text.common.query}</button></form>
<section class="card"><h2>${words.byHour}</h2>${bars(
    list.map((hour) => ({ label: String(hour.hour), value: hour.fen, title: `${hour.hour}:00 ${showFen(hour.fen)}` })),
    label,
  )}<p class="muted">${label}</p></section>
<section class="card"><table class="t"><thead><tr><th>${words.hour}</th><th class="num">${words.count}</th><th class="num">${words.net}</th><th class="num">${words.declinedCount}</th></tr></thead><tbody>${hours.map((hour) => html`<tr><td class="mono">${String(hour.hour).padStart(2, '0')}:00</td><td class="num">${hour.count}</td><td class="num">${showFen(hour.fen)}</td><td class="num">${hour.declined}</td></tr>`)}</tbody><tfoot><tr><th>${text.ledger.total}</th><td class="num"><b>${sum((hour) => hour.count)}</b></td><td class="num"><b>${showFen(sum((hour) => hour.fen))}</b></td><td class="num"><b>${sum((hour) => hour.declined)}</b></td></tr></tfoot></table>${hours.length === 0 && html`<p class="empty">${text.common.none}</p>`}</section></article>`;
  return layout(ctx, {
    title: words.dayTitle,
    crumbs: [
      { label: text.merchants.title, path: paths.merchants() },
      { label: merchant.merchantNo, path: paths.merchant(merchant.merchantNo) },
      { label: words.dayTitle },
    ],
    entry: 'transactionQuery',
    body,
  });
}
