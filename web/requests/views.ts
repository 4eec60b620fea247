// The page of a request: where it is, what to decide, what differs, what happened.
import { randomUUID } from 'node:crypto';
import type { AttachmentRow } from '../../db/attachments.ts';
import type { Seen } from '../../db/seen.ts';
import { dueAt, nextDue } from '../../workflows/rules/clock.ts';
import { mask, maskedFields, merchantFields, merchantParts } from '../../workflows/rules/merchant-form.ts';
import { isFinal, type Request, type RequestEvent } from '../../workflows/rules/request.ts';
import type { Action } from '../../workflows/rules/steps.ts';
import { differences, forbidden, hadAHand } from '../../workflows/rules/take.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { notice, options, stateTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import type { Answer } from './commands.ts';
import { timeline } from './timeline.ts';

export interface Known {
  request: Request;
  events: RequestEvent[];
  attachments: AttachmentRow[];
  seen: Seen | null;
  deciders: { code: string; name: string }[];
  names: { areaCode: string | null; mcc: string | null };
  now: number;
}

interface Extra {
  notice: Hole;
  reason: string;
  comment: string;
  /** Masked fields are shown in full (an audited reveal). */
  plain: boolean;
}

export function answerNotice(text: Text, answer: Answer): Raw {
  const words = text.request;
  if (answer.kind === 'recorded') return notice('warn', words.recorded);
  if (answer.kind === 'unreachable') return notice('bad', words.unreachable);
  if (answer.kind === 'uncertain') return notice('bad', words.uncertain);
  const refusal = answer.kind === 'refused' ? answer.refusal : answer.outcome.refusal;
  if (refusal) return notice('bad', html`<b>${words.notTaken}</b> ${text.refusals[refusal]}`);
  return notice('good', html`${words.taken}${answer.kind === 'outcome' && html` ${stateTag(text, answer.outcome.state)}`}`);
}

export function requestPage(ctx: SignedInCtx, known: Known, extra: Extra): Promise<Raw> {
  const { request } = known;
  const { text } = ctx;
  const reviewer = ctx.user.rights.includes('inbox') && request.maker.code !== ctx.user.code;
  return layout(ctx, {
    title: `${text.kinds[request.kind]} ${request.requestNo}`,
    crumbs: [
      reviewer ? { label: text.inbox.title, path: paths.inbox() } : { label: text.kinds[request.kind], path: paths.openings() },
      { label: request.requestNo },
    ],
    notice: extra.notice,
    body: html`<article class="sheet"><div class="title"><span class="tag brand-t">${text.kinds[request.kind]}</span><h1>${request.title}</h1><span class="mono muted">${request.merchantNo}</span>${stateTag(text, request.state)}${request.overdue && html`<span class="tag bad">${text.inbox.overdue}</span>`}</div>
<p class="why">${sentence(text, known)}</p>${steps(text, known)}
${maybeDifferences(ctx, known)}
<div class="two">${decisionSheet(ctx, known, extra)}${attachments(text, known.attachments, request.data.attachments ?? '')}</div>
${content(ctx, known, extra.plain)}${timeline(ctx, known.events, request)}${commentForm(ctx, known, extra)}</article>`,
  });
}

/** One sentence: where it is, whom it waits for and until when. */
function sentence(text: Text, { request, events, deciders }: Known): string {
  const words = text.request;
  const who = deciders.filter((one) => !hadAHand(request, one)).map((one) => one.name);
  const maker = request.maker.name;
  const until = nextDue(request)?.at;
  if (request.state === 'submitted') {
    const group = text.groups[(request.plan?.levels[request.level - 1]?.group ?? '03') as keyof Text['groups']];
    if (who.length === 0) return fill(words.waitingNobody, { group });
    const due = dueAt(request);
    return fill(words.waiting, {
      group,
      n: request.level,
      m: request.plan?.levels.length ?? 1,
      who: who.join('、'),
      due: due ? wholeMoment(due).slice(0, 16) : '',
      maker,
      at: wholeMoment(request.submittedAt).slice(0, 16),
    });
  }
  if (request.state === 'returned') {
    const back = events.findLast((event) => event.type === 'returned' || event.type === 'submissionRefused');
    const reason = back?.reason ?? (back?.refusal ? text.refusals[back.refusal] : '');
    return fill(words.returnedSentence, { by: back?.by?.name ?? text.common.system, reason, maker, due: until ? wholeMoment(until).slice(0, 10) : '' });
  }
  if (request.state === 'failed') return words.failedSentence;
  if (request.state === 'approved') return words.approvedSentence;
  return fill(words.done, { at: wholeMoment(request.since), state: text.states[request.state] });
}

function steps(text: Text, { request }: Known): Raw {
  const levels = request.plan?.levels ?? [];
  const done = isFinal(request.state);
  return html`<ol class="steps"><li class="done"><b>${text.events.submitted}</b>${request.maker.name} ${wholeMoment(request.submittedAt).slice(5, 16)}</li>
${levels.map((level, i) => {
  const approval = request.approvals.find((one) => one.level === i + 1);
  const now = !approval && request.state === 'submitted' && request.level === i + 1;
  return html`<li${attribute('class', approval ? 'done' : now && 'now')}${attribute('aria-current', now && 'step')}><b>${word(text.groups, level.group)}</b>${approval ? `${approval.by.name} ${wholeMoment(approval.at).slice(5, 16)}` : request.state === 'submitted' ? text.states.submitted : ''}</li>`;
})}<li${attribute('class', done && 'done')}><b>${text.states[done ? request.state : 'effective']}</b>${done && wholeMoment(request.since).slice(5, 16)}</li></ol>`;
}

function maybeDifferences(ctx: SignedInCtx, { request, seen, events }: Known): Hole {
  const words = ctx.text.request;
  const amended = events.findLast((event) => event.type === 'amended');
  const reviewing = request.state === 'submitted' && request.maker.code !== ctx.user.code;
  const changes = reviewing && seen ? differences(seen.data, request.data) : amended?.changes;
  if (!changes || (reviewing && seen && seen.revision === request.revision)) return null;
  const title = reviewing && seen ? words.differences : fill(words.wasChanged, { n: request.submissions });
  const rows = Object.entries(changes).map(([key, [before, after]]) => {
    const show = (value: string) => (maskedFields.includes(key) ? mask(value) : value) || '—';
    return html`<tr><th scope="row">${word(ctx.text.fields, key)}</th><td><del class="was">${show(before)}</del></td><td><ins class="now-v">${show(after)}</ins></td></tr>`;
  });
  if (rows.length === 0) return notice('good', words.noDifferences);
  return html`<section class="card" id="differences"><h2>${title}</h2><table class="t"><thead><tr><th>${words.content}</th><th>${words.before}</th><th>${words.after}</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

function decisionSheet(ctx: SignedInCtx, { request, deciders, now }: Known, extra: Extra): Hole {
  const { text } = ctx;
  const words = text.request;
  if (isFinal(request.state)) return null;
  const no = (action: Action) => forbidden(request, action, ctx.user, now);
  const hidden = html`${token(ctx)}<input type="hidden" name="revision" value="${request.revision}"><input type="hidden" name="commandId" value="${randomUUID()}">`;
  const button = (action: 'approve' | 'return' | 'reject', style: string) =>
    html`<button class="btn ${style}" name="decision" value="${action}"${attribute('aria-disabled', no(action) !== null && 'true')}${attribute('aria-describedby', no(action) !== null && 'why-not')}>${words[action]}</button>`;
  const simple = (action: Action, path: string, label: string, style = '') =>
    no(action) === null && html`<form method="post" action="${path}" class="inline">${hidden}<button class="btn ${style}">${label}</button></form>`;
  const others = deciders.filter((one) => one.code !== ctx.user.code && !hadAHand(request, one));
  const why = no('approve');
  const isMaker = request.maker.code === ctx.user.code;
  return html`<section class="card" id="decide"><h2>${isMaker ? words.mention : words.decide}</h2>
${
  request.state === 'submitted' &&
  html`<div class="will"><h3>${words.will}</h3><ul>${words.willOpen.map((line) => html`<li>${fill(line, { no: request.merchantNo })}</li>`)}</ul></div>
<form method="post" action="${paths.act(request.requestNo, 'decision')}" class="decision">${hidden}<label for="reason">${words.reason}</label><textarea class="field" id="reason" name="reason" rows="2" maxlength="400" aria-describedby="reason-hint">${extra.reason}</textarea><p class="msg" id="reason-hint">${words.reasonHint}</p>
${why && html`<p class="msg bad" id="why-not">${text.refusals[why]}</p>`}<div class="buttons">${button('approve', 'primary')}${button('return', '')}${button('reject', 'danger')}</div></form>`
}
${request.state === 'failed' && html`<form method="post" action="${paths.act(request.requestNo, 'abandonment')}" class="decision">${hidden}<label for="reason">${words.reason}</label><textarea class="field" id="reason" name="reason" rows="2" maxlength="400">${extra.reason}</textarea><div class="buttons"><button class="btn primary" formaction="${paths.act(request.requestNo, 'retrying')}"${attribute('aria-disabled', no('retry') !== null && 'true')}>${text.events.retried}</button><button class="btn danger"${attribute('aria-disabled', no('abandon') !== null && 'true')}>${text.events.abandoned}</button></div></form>`}
<div class="buttons">${simple('claim', paths.act(request.requestNo, 'claim'), words.claim)}${simple('release', paths.act(request.requestNo, 'release'), words.release)}
${isMaker && request.state === 'returned' && html`<a class="btn primary" href="${paths.opening(request.requestNo)}">${words.amend}</a>`}${isMaker && simple('urge', paths.act(request.requestNo, 'urging'), words.urge)}${isMaker && simple('withdraw', paths.act(request.requestNo, 'withdrawal'), words.withdraw, 'danger')}</div>
${
  no('handOver') === null &&
  others.length > 0 &&
  html`<form method="post" action="${paths.act(request.requestNo, 'hand-over')}" class="inline row">${hidden}<label for="to">${words.handOver}</label><select class="field short" id="to" name="to">${options(
    others.map((one) => ({ value: one.code, label: `${one.name} ${one.code}` })),
    '',
  )}</select><button class="btn">${words.handOver}</button></form>`
}</section>`;
}

/** Files are held against what the request says was attached; one that it does not know was added afterwards. */
function attachments(text: Text, list: readonly AttachmentRow[], submitted: string): Raw {
  const parts: Readonly<Record<string, string>> = text.opening.parts2;
  return html`<section class="card"><h2>${text.request.attachments}</h2>${list.length === 0 ? html`<p class="muted">${text.request.none}</p>` : html`<ul class="files">${list.map((one) => html`<li><span class="tag">${word(parts, one.part)}</span><a href="${paths.attachment(one.id)}">${one.fileName}</a><small>${Math.ceil(one.bytes / 1024)} KB</small>${!submitted.includes(`${one.part} ${one.sha256.slice(0, 16)}`) && html`<span class="tag bad">${text.request.notSubmitted}</span>`}<small class="mono" title="SHA-256 ${one.sha256}">${one.sha256.slice(0, 8)}</small></li>`)}</ul>`}</section>`;
}

function content(ctx: SignedInCtx, { request, events, names }: Known, plain: boolean): Raw {
  const { text } = ctx;
  const changed = new Set(Object.keys(events.findLast((event) => event.type === 'amended')?.changes ?? {}));
  const shown = (key: string, value: string) => {
    if (maskedFields.includes(key) && !plain) return mask(value);
    if (key === 'areaCode' || key === 'mcc') return `${value} ${names[key] ?? ''}`;
    return key === 'accountType' ? word(text.accountType, value) : value;
  };
  const parts = merchantParts.map((part) => {
    const rows = merchantFields.filter((one) => one.part === part && (request.data[one.key] ?? '') !== '');
    return html`<section class="card"><h2>${text.opening.parts[part]}</h2><dl class="d">${rows.map((one) => html`<dt>${text.fields[one.key]}</dt><dd${attribute('class', changed.has(one.key) && 'changed')}>${shown(one.key, request.data[one.key] ?? '')}</dd>`)}</dl></section>`;
  });
  const warnings = Object.entries(request.reasons).map(([key, reason]) => html`<li>${word(text.fields, key)}: ${reason}</li>`);
  const revealing =
    ctx.user.rights.includes('reveal') &&
    !plain &&
    html`<form method="post" action="${paths.act(request.requestNo, 'reveal')}" class="inline">${token(ctx)}<button class="link">${text.common.reveal}</button></form>`;
  return html`<h2 class="section">${text.request.content} ${revealing}</h2>${warnings.length > 0 && html`<section class="card warned"><h2>${text.request.warnings}</h2><ul>${warnings}</ul></section>`}<div class="two">${parts}</div>`;
}

function commentForm(ctx: SignedInCtx, { request, now }: Known, extra: Extra): Hole {
  if (forbidden(request, 'comment', ctx.user, now) !== null) return null;
  const words = ctx.text.request;
  return html`<form method="post" action="${paths.act(request.requestNo, 'comments')}" class="card comment">${token(ctx)}<input type="hidden" name="revision" value="${request.revision}"><input type="hidden" name="commandId" value="${randomUUID()}">
<label for="comment">${words.comment}</label><textarea class="field" id="comment" name="reason" rows="2" maxlength="400" required>${extra.comment}</textarea><div class="buttons"><button class="btn">${words.comment}</button></div></form>`;
}
