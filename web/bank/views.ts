// Pages of 银行流水.
import type { bankAccounts, ListedLine } from '../../db/bank.ts';
import type { statements } from '../../db/statements.ts';
import { typedDay } from '../../workflows/rules/calendar-day.ts';
import { mask } from '../../workflows/rules/merchant-form.ts';
import { showFen } from '../../workflows/rules/money.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text, word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { notice, options, pager, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { roles } from './layout.ts';
import type { Summary } from './reader-thread.ts';
import type { StatementRefusal } from './statement.ts';

interface LineFilterShown {
  q: string;
  state: string;
  direction: string;
  first: boolean;
}

const stateTone = { open: 'warn', reserved: 'brand-t', used: 'good' } as const;

export function linesPage(
  ctx: SignedInCtx,
  filter: LineFilterShown,
  rows: readonly ListedLine[],
  next: number | undefined,
  files: Awaited<ReturnType<typeof statements>>,
  accounts: Awaited<ReturnType<typeof bankAccounts>>,
  said: Hole,
): Promise<Raw> {
  const { text } = ctx;
  const words = text.bank;
  const keep = { q: filter.q, state: filter.state, direction: filter.direction };
  const states = (['open', 'reserved', 'used'] as const).map((value) => ({ value, label: value === 'open' ? words.open : words.states[value] }));
  const mayImport = ctx.user.rights.includes('bankLines');
  const mayReturn = ctx.user.rights.includes('lineReturn');
  return layout(ctx, {
    title: words.title,
    entry: 'bankLines',
    notice: said,
    body: html`<div class="head"><h1>${words.title}</h1><a class="btn" href="${paths.bankMatching()}">${words.matching}</a></div>${mayImport && uploadForm(ctx)}
<form class="bar" method="get" action="${paths.bankLines()}" role="search"><input class="field" name="q" value="${filter.q}" placeholder="${words.party} / ${words.note} / ${text.bulk.amount}" aria-label="${text.common.query}" maxlength="60"><select class="field short" name="direction" aria-label="${words.direction}">${options(
      [
        { value: 'in', label: words.in },
        { value: 'out', label: words.out },
      ],
      filter.direction,
      `${words.direction}: ${text.common.all}`,
    )}</select><select class="field short" name="state" aria-label="${words.state}">${options(states, filter.state, `${words.state}: ${text.common.all}`)}</select><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${words.bookedOn}</th><th>${words.account}</th><th>${words.party}</th><th>${text.fields.payerAccountNo}</th><th class="num">${words.in}</th><th class="num">${words.out}</th><th class="num">${words.balance}</th><th>${words.note}</th><th>${words.state}</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td class="mono">${typedDay(row.bookedOn)} ${row.bookedAt}</td><td class="mono">${mask(row.accountNo)}</td><td class="wrap">${row.partyName}</td><td class="mono">${mask(row.partyAccountNo)}</td><td class="num">${row.direction === 'in' && showFen(row.amountFen)}</td><td class="num">${row.direction === 'out' && showFen(row.amountFen)}</td><td class="num">${row.balanceFen !== null && showFen(row.balanceFen)}</td><td class="wrap">${row.note}</td><td>${lineState(ctx, row, mayReturn)}</td></tr>`)}</tbody></table>${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
${pager(text, filter.first ? null : paths.bankLines(keep), next ? paths.bankLines({ ...keep, before: next }) : null)}
<div class="page two"><section class="card"><h2>${words.account}</h2><table class="t"><tbody>${accounts.map((one) => html`<tr><td class="mono">${one.accountNo}</td><td class="num">${showFen(one.balanceFen)}</td><td>${wholeMoment(one.updatedAt)}</td></tr>`)}</tbody></table></section>
<section class="card"><h2>${words.statements}</h2><table class="t"><thead><tr><th>${words.file}</th><th class="num">${words.counts}</th><th class="num">${words.closing}</th><th>${words.by}</th></tr></thead><tbody>${files.map((one) => html`<tr><td>${one.fileName}<br><small>${wholeMoment(one.at)}</small></td><td class="num">${one.fresh} / ${one.lines}</td><td class="num">${showFen(one.closingFen)}</td><td>${one.importedBy}</td></tr>`)}</tbody></table></section></div>`,
  });
}

function lineState(ctx: SignedInCtx, row: ListedLine, mayReturn: boolean): Hole {
  const words = ctx.text.bank;
  if (row.direction === 'out') return null;
  const tag = html`<span class="tag ${stateTone[row.state]}">${words.states[row.state]}</span>`;
  if (row.requestNo) return html`${tag} <a class="mono" href="${paths.request(row.requestNo.slice(0, 16))}">${row.requestNo.slice(0, 16)}</a>`;
  return html`${tag} ${mayReturn && html`<form method="post" action="${paths.drafts('lineReturn')}" class="inline">${token(ctx)}<input type="hidden" name="subject" value="${row.id}"><button class="link">${words.returned}</button></form>`}`;
}

function uploadForm(ctx: SignedInCtx): Raw {
  const words = ctx.text.bank;
  return html`<form method="post" action="${paths.bankUpload()}?_csrf=${ctx.csrf}" enctype="multipart/form-data" class="bar" id="upload">${token(ctx)}<input class="field" name="account" placeholder="${words.account} (${words.accountHint})" aria-label="${words.account}" maxlength="32"><input type="file" name="file" aria-label="${words.file}" required><button class="btn primary">${words.upload}</button></form>`;
}

interface Place {
  sha: string;
  fileName: string;
  accountNo: string;
}
const hidden = (ctx: SignedInCtx, { fileName, accountNo }: Place) =>
  html`${token(ctx)}<input type="hidden" name="name" value="${fileName}"><input type="hidden" name="account" value="${accountNo}">`;

export function previewPage(ctx: SignedInCtx, place: Place, summary: Summary, again: boolean): Promise<Raw> {
  const { text } = ctx;
  const words = text.bank;
  return layout(ctx, {
    title: words.import,
    crumbs: [{ label: words.title, path: paths.bankLines() }, { label: words.import }],
    entry: 'bankLines',
    notice: again && notice('warn', words.already),
    body: html`<div class="head"><h1>${words.import} <small>${place.fileName}</small></h1></div><div class="page"><section class="card"><p id="sum"><b>${fill(words.lines, { n: summary.lines, inbound: showFen(summary.inboundFen), outbound: showFen(summary.outboundFen) })}</b></p><dl class="d"><dt>${words.account}</dt><dd class="mono">${summary.accountNo}</dd><dt>${words.opening}</dt><dd class="num">${showFen(summary.openingFen)}</dd><dt>${words.closing}</dt><dd class="num">${showFen(summary.closingFen)}</dd><dt>${words.layout}</dt><dd>${word(words.shapes, summary.layout)}</dd></dl>
<form method="post" action="${paths.bankImport(place.sha)}" class="buttons">${hidden(ctx, place)}<button class="btn primary">${words.sureImport}</button><a class="btn" href="${paths.bankLines()}">${text.common.back}</a></form></section>
<section class="card"><h2>${fill(words.preview, { n: summary.sample.length })}</h2><div class="scroll" tabindex="0" role="region" aria-label="${words.import}"><table class="t"><thead><tr><th>${words.bookedOn}</th><th class="num">${words.in}</th><th class="num">${words.out}</th><th class="num">${words.balance}</th><th>${words.party}</th><th>${text.fields.payerAccountNo}</th><th>${words.note}</th></tr></thead><tbody>${summary.sample.map((line) => html`<tr><td class="mono">${typedDay(line.on)} ${line.at}</td><td class="num">${line.direction === 'in' && showFen(line.amountFen)}</td><td class="num">${line.direction === 'out' && showFen(line.amountFen)}</td><td class="num">${showFen(line.balanceFen)}</td><td>${line.partyName}</td><td class="mono">${mask(line.partyAccountNo)}</td><td>${line.note}</td></tr>`)}</tbody></table></div></section></div>`,
  });
}

export function refusalText(text: Text, refusal: StatementRefusal): Raw {
  const words = text.bank;
  return html`<b>${words.refused}</b> ${refusal.line !== null && `${fill(words.atLine, { line: refusal.line })}: `}${words.faults[refusal.fault]}${refusal.detail !== '' && html` <q>${refusal.detail}</q>`}`;
}

/** The file is refused; where its header is unknown, finance may say what its columns hold. */
export function mappingPage(ctx: SignedInCtx, place: Place, said: Raw, header: readonly string[]): Promise<Raw> {
  const { text } = ctx;
  const words = text.bank;
  const choices = roles.map((value) => ({ value, label: words.roles[value] }));
  const named = header.map((word, i) => ({ word, i })).filter(({ word }) => word !== '');
  return layout(ctx, {
    title: words.import,
    crumbs: [{ label: words.title, path: paths.bankLines() }, { label: words.import }],
    entry: 'bankLines',
    notice: notice('bad', said),
    body: html`<div class="head"><h1>${words.import} <small>${place.fileName}</small></h1></div><div class="page">${uploadForm(ctx)}${named.length > 1 && html`<section class="card" id="mapping"><h2>${words.map}</h2><p class="msg">${words.mapHint}</p><form method="post" action="${paths.bankLayouts()}" class="decision">${hidden(ctx, place)}<input type="hidden" name="sha" value="${place.sha}"><table class="t"><tbody>${named.map(({ word, i }) => html`<tr><th scope="row"><label for="role-${i}">${word}</label><input type="hidden" name="word-${i}" value="${word}"></th><td><select class="field short" id="role-${i}" name="role-${i}">${options(choices, '', '—')}</select></td></tr>`)}</tbody></table><label for="layout">${words.layoutName}</label><input class="field" id="layout" name="layout" maxlength="40" required><div class="buttons"><button class="btn primary">${words.saveLayout}</button></div></form></section>`}</div>`,
  });
}
