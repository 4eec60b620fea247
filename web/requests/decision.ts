// 审批: what will happen, the reason, and the buttons, each enabled or with the rule that forbids it.
import { randomUUID } from 'node:crypto';
import { isFinal, type Request } from '../../workflows/rules/request.ts';
import type { Action } from '../../workflows/rules/steps.ts';
import { forbidden, hadAHand } from '../../workflows/rules/take.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { token } from '../ui/layout.ts';
import { options } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { legsTable, lineChoice } from './money.ts';
import type { Extra, Known } from './views.ts';

/** Opening tag's attributes of a form that gives a command; beside the list it morphs the inbox instead of leaving it. */
const posting = (path: string, extra: Extra): Raw =>
  html` method="post" action="${path}"${extra.from !== null && html` hx-post="${path}" hx-target="#inbox" hx-swap="innerMorph"`}`;

function hidden(ctx: SignedInCtx, request: Request, extra: Extra): Raw {
  return html`${token(ctx)}<input type="hidden" name="revision" value="${request.revision}"><input type="hidden" name="commandId" value="${randomUUID()}">${extra.from !== null && html`<input type="hidden" name="from" value="${extra.from}">`}`;
}

export function decisionSheet(ctx: SignedInCtx, known: Known, extra: Extra): Hole {
  const { request, now } = known;
  const { text } = ctx;
  const words = text.request;
  if (isFinal(request.state)) return null;
  const isMaker = request.maker.code === ctx.user.code;
  const no = (action: Action) => forbidden(request, action, ctx.user, now);
  const simple = (action: Action, path: string, label: string, style = '') =>
    no(action) === null &&
    html`<form${posting(path, extra)} class="inline">${hidden(ctx, request, extra)}<button class="btn ${style}">${label}</button></form>`;
  return html`<section class="card" id="decide"><h2>${isMaker ? words.mention : words.decide}</h2>
${request.state === 'submitted' && decisionForm(ctx, known, extra)}${request.state === 'failed' && failedForm(ctx, known, extra)}
<div class="buttons">${simple('claim', paths.act(request.requestNo, 'claim'), words.claim)}${simple('release', paths.act(request.requestNo, 'release'), words.release)}
${isMaker && request.state === 'returned' && html`<a class="btn primary" href="${paths.draft(request.kind, request.requestNo)}">${words.amend}</a>`}${isMaker && simple('urge', paths.act(request.requestNo, 'urging'), words.urge)}${isMaker && simple('withdraw', paths.act(request.requestNo, 'withdrawal'), words.withdraw, 'danger')}</div>
${no('handOver') === null && handOverForm(ctx, known, extra)}</section>`;
}

function decisionForm(ctx: SignedInCtx, known: Known, extra: Extra): Raw {
  const { request, phrases, now } = known;
  const { text } = ctx;
  const words = text.request;
  const why = forbidden(request, 'approve', ctx.user, now);
  return html`<div class="will"><h3>${words.will}</h3><ul>${words.wills[request.kind].map((line) => html`<li>${fill(line, willValues(text, request))}</li>`)}</ul>${legsTable(ctx, known)}</div>
<form${posting(paths.act(request.requestNo, 'decision'), extra)} class="decision" id="decision" data-keep="${request.requestNo}">${hidden(ctx, request, extra)}${lineChoice(ctx, known, extra)}<label for="reason">${words.reason}</label><textarea class="field" id="reason" name="reason" rows="2" maxlength="200" aria-describedby="reason-hint"${attribute('aria-invalid', extra.fault && 'true')}>${extra.reason}</textarea>
<p class="msg${extra.fault ? ' bad' : ''}" id="reason-hint">${extra.fault ? text.refusals[extra.fault] : words.reasonHint}</p>${
    phrases.length > 0 &&
    html`<label class="inline"><span>${words.phrase}</span><select class="field short" id="phrase" name="phrase">${options(
      phrases.map((one) => ({ value: one, label: one })),
      '',
      words.noPhrase,
    )}</select></label>`
  }${known.asksCode && !hadAHand(request, ctx.user) && html`<label class="inline"><span>${text.totp.ask}</span><input class="field short mono" name="code" autocomplete="one-time-code" maxlength="20"></label>`}${why && html`<p class="msg bad" id="why-not">${text.refusals[why]}</p>`}${!fixedBar(request) && decisionButtons(ctx, request, now)}</form>`;
}

function failedForm(ctx: SignedInCtx, { request, now }: Known, extra: Extra): Raw {
  const { text } = ctx;
  const no = (action: Action) => attribute('aria-disabled', forbidden(request, action, ctx.user, now) !== null && 'true');
  return html`<form${posting(paths.act(request.requestNo, 'abandonment'), extra)} class="decision">${hidden(ctx, request, extra)}<label for="reason">${text.request.reason}</label><textarea class="field" id="reason" name="reason" rows="2" maxlength="200">${extra.reason}</textarea><p class="msg bad">${extra.fault && text.refusals[extra.fault]}</p><div class="buttons"><button class="btn primary" formaction="${paths.act(request.requestNo, 'retrying')}"${no('retry')}>${text.events.retried}</button><button class="btn danger"${no('abandon')}>${text.events.abandoned}</button></div></form>`;
}

function handOverForm(ctx: SignedInCtx, { request, deciders }: Known, extra: Extra): Hole {
  const words = ctx.text.request;
  const others = deciders.filter((one) => one.code !== ctx.user.code && !hadAHand(request, one));
  if (others.length === 0) return null;
  const people = others.map((one) => ({ value: one.code, label: `${one.name} ${one.code}` }));
  return html`<form${posting(paths.act(request.requestNo, 'hand-over'), extra)} class="inline row">${hidden(ctx, request, extra)}<label for="to">${words.handOver}</label><select class="field short" id="to" name="to">${options(people, '')}</select><button class="btn">${words.handOver}</button></form>`;
}

const willValues = (text: Text, { merchantNo, title, data }: Request) => ({ ...data, act: word(text.access.acts, data.act ?? ''), no: merchantNo, title });

/** The decision's buttons stand in the bar at the foot while a request waits. */
const fixedBar = (request: Request) => request.state === 'submitted';

function decisionButtons(ctx: SignedInCtx, request: Request, now: number): Raw {
  const words: Text['request'] = ctx.text.request;
  const button = (action: 'approve' | 'return' | 'reject', style: string, key?: string) => {
    const no = forbidden(request, action, ctx.user, now) !== null;
    return html`<button class="btn ${style}" form="decision" name="decision" value="${action}"${attribute('aria-disabled', no && 'true')}${attribute('aria-describedby', no && 'why-not')}>${words[action]}${key && html` <kbd aria-hidden="true">${key}</kbd>`}</button>`;
  };
  return html`${button('approve', 'primary', 'a')}${button('return', '', 'r')}${button('reject', 'danger')}`;
}

/** The bar at the foot of the sheet. */
export function actionBar(ctx: SignedInCtx, { request, now }: Known): Raw {
  return html`<footer class="actions">${fixedBar(request) && decisionButtons(ctx, request, now)}<span class="grow"></span><a class="btn" href="${paths.print(request.requestNo)}" target="_blank" rel="noopener">${ctx.text.print.open}</a></footer>`;
}

export function commentForm(ctx: SignedInCtx, { request, now }: Known, extra: Extra): Hole {
  if (forbidden(request, 'comment', ctx.user, now) !== null) return null;
  const words = ctx.text.request;
  return html`<form${posting(paths.act(request.requestNo, 'comments'), extra)} class="card comment" data-keep="${request.requestNo}-comment">${hidden(ctx, request, extra)}
<label for="comment">${words.comment}</label><textarea class="field" id="comment" name="reason" rows="2" maxlength="200" required placeholder="${words.commentHint}">${extra.comment}</textarea><div class="buttons"><button class="btn">${words.comment}</button></div></form>`;
}
