// The money of a request: legs with balances before and after, the bank line to choose, the line and entries that came of it.
import type { Leg } from '../../workflows/rules/ledger.ts';
import { mask } from '../../workflows/rules/merchant-form.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { isFinal } from '../../workflows/rules/request.ts';
import { differences, namesLine } from '../../workflows/rules/take.ts';
import type { SignedInCtx } from '../http.ts';
import { terminalTable } from '../terminals/table.ts';
import { attribute, type Hole, html } from '../ui/html.ts';
import { wholeMoment } from '../ui/parts.ts';
import { differenceTable } from './content.ts';
import type { Extra, Known } from './views.ts';

/** Running balance of a merchant's account before and after these legs; null where none is kept. */
function running({ consequence }: Known, leg: Leg): [number, number] | null {
  const { quota, legs } = consequence;
  if (!quota || (leg.account !== '2241.10' && leg.account !== '2241.11')) return null;
  const before = leg.account === '2241.10' ? quota.available : quota.frozen;
  const change = legs
    .filter((one) => one.account === leg.account && one.owner === leg.owner)
    .reduce((sum, one) => sum + (one.credit ?? 0) - (one.debit ?? 0), 0);
  return [before, before + change];
}

export function legsTable(ctx: SignedInCtx, known: Known): Hole {
  const { text } = ctx;
  const words = text.ledger;
  const { legs } = known.consequence;
  if (legs.length === 0) return null;
  return html`<h3>${words.legs}</h3><div class="legs" tabindex="0" role="region" aria-label="${words.legs}"><table class="t" id="legs"><thead><tr><th>${words.account}</th><th class="num">${words.debit}</th><th class="num">${words.credit}</th><th class="num">${words.before}</th><th class="num">${words.after}</th></tr></thead><tbody>${legs.map(
    (leg) => {
      const balance = running(known, leg);
      return html`<tr><td>${leg.account} ${text.accounts[leg.account]}${leg.owner && html`<br><small class="mono">${leg.owner}</small>`}</td><td class="num">${leg.debit !== undefined && showFen(leg.debit)}</td><td class="num">${leg.credit !== undefined && showFen(leg.credit)}</td><td class="num">${balance && showFen(balance[0])}</td><td class="num${balance && balance[1] < 0 && ' bad'}">${balance && showFen(balance[1])}</td></tr>`;
    },
  )}</tbody></table></div>`;
}

/** 对应来账: lines of exactly the amount, each with its reason; one is chosen, none is chosen for the reviewer unless it names the request. */
export function lineChoice(ctx: SignedInCtx, { request, consequence }: Known, extra: Extra): Hole {
  // Whoever is shown none of them is not told that there are none.
  if (!namesLine(request) || request.line || !ctx.user.rights.includes('topUpReview')) return null;
  const { text } = ctx;
  const words = text.request;
  const { candidates } = consequence;
  const chosen = extra.line?.id ?? (candidates[0]?.reason === 'note' || candidates[0]?.reason === 'account' ? candidates[0].line.id : null);
  if (candidates.length === 0) return html`<p class="msg bad" id="lines">${words.noLines}</p>`;
  return html`<fieldset id="lines" class="lines"><legend>${words.chooseLine}</legend>${candidates.map(
    ({ line, reason }) =>
      html`<label><input type="radio" name="line" value="${line.id}"${attribute('checked', line.id === chosen)}> <span class="tag ${reason === 'amount' ? 'warn' : 'good'}">${words.matches[reason]}</span> <b class="num">${showFen(line.amountFen)}</b> ${line.partyName} <span class="mono">${mask(line.partyAccountNo)}</span> <small>${line.bookedOn} ${line.note}</small></label>`,
  )}<label><input type="checkbox" name="override" value="yes"${attribute('checked', extra.line?.override === true)}> ${words.override}</label></fieldset>`;
}

/** The bank line that serves it, what was posted, and the terminals it made. */
export function lineCard(ctx: SignedInCtx, { request, consequence }: Known): Hole {
  const { text } = ctx;
  const { line, entries, terminals } = consequence;
  const cards: Hole[] = [];
  if (line)
    cards.push(
      html`<section class="card" id="line"><h2>${text.fields.lineId}</h2><dl class="d"><dt>${text.bank.bookedOn}</dt><dd>${line.bookedOn} ${line.bookedAt}</dd><dt>${text.bank.party}</dt><dd>${line.partyName} <span class="mono">${mask(line.partyAccountNo)}</span></dd><dt>${text.bulk.amount}</dt><dd class="num">${showFen(line.amountFen)}</dd><dt>${text.bank.note}</dt><dd>${line.note}</dd></dl></section>`,
    );
  if (entries.length > 0)
    cards.push(
      html`<section class="card" id="entries"><h2>${text.ledger.entries}</h2><table class="t"><thead><tr><th>${text.ledger.account}</th><th class="num">${text.ledger.debit}</th><th class="num">${text.ledger.credit}</th><th class="num">${text.ledger.after}</th></tr></thead><tbody>${entries.map((one) => html`<tr><td>${one.account} ${text.accounts[one.account]}<br><small class="mono">${one.commandNo} ${wholeMoment(one.at)}</small></td><td class="num">${one.debitFen > 0 && showFen(one.debitFen)}</td><td class="num">${one.creditFen > 0 && showFen(one.creditFen)}</td><td class="num">${one.afterFen !== null && showFen(one.afterFen)}</td></tr>`)}</tbody></table></section>`,
    );
  if (terminals.length > 0)
    cards.push(
      html`<section class="card" id="terminals"><h2>${text.terminals.title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${text.terminals.title}">${terminalTable(text, terminals)}</div></section>`,
    );
  return isFinal(request.state) || cards.length > 0 ? cards : null;
}

/** 变更: every field that would change, before and after. */
export function baseDifferences(ctx: SignedInCtx, { request, consequence }: Known): Hole {
  const { base } = consequence;
  if (!base) return null;
  const after = Object.fromEntries(Object.keys(base).map((key) => [key, request.data[key] ?? '']));
  return differenceTable(ctx, ctx.text.request.baseChanges, differences(base, after));
}
