// Pages of 批量: the preview and the result.

import { showFen } from '../../workflows/rules/money.ts';
import { isRefusal, type Refusal } from '../../workflows/rules/refusals.ts';
import type { Request, RequestState } from '../../workflows/rules/request.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, word } from '../text/index.ts';
import { html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { notice, options, stateTag } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { addressOf, filterFrom } from './filter.ts';

export const decisions = ['approve', 'return', 'reject'] as const;
/** So many are decided at once at most. */
export const MOST = 500;
export type Decision = (typeof decisions)[number];

export interface Item {
  request: Request;
  refusal: Refusal | null;
  /** Other requests look like this one. */
  similar: boolean;
}
export interface Done {
  request: Request;
  refusal: Refusal | 'unreachable' | 'uncertain' | null;
  state: RequestState | 'recorded';
}

interface Preview {
  decision: Decision;
  from: string;
  items: readonly Item[];
  all: boolean;
  /** Nothing was chosen at all. */
  unticked?: boolean;
  batch: string;
  reason: string;
  fault: Refusal | null;
}

export function bulkPreview(ctx: SignedInCtx, { decision, from, items, all, unticked, batch, reason, fault }: Preview): Promise<Raw> {
  const { text } = ctx;
  const words = text.bulk;
  const able = items.filter((item) => item.refusal === null);
  const unable = items.filter((item) => item.refusal !== null);
  const sum = able.reduce((total, { request }) => total + (request.amountFen ?? 0), 0);
  const back = paths.inbox(addressOf(filterFrom(from)));
  return layout(ctx, {
    title: words.title,
    crumbs: [{ label: text.inbox.title, path: back }, { label: words.title }],
    entry: 'inbox',
    notice: able.length === 0 && notice('warn', unticked ? words.none : words.nothing),
    body: html`<div class="head"><h1>${words.title}</h1></div><div class="page"><section class="card"><p id="sum">${fill(all ? words.ofAll : words.ofTicked, { n: items.length, able: able.length, unable: unable.length })}${items.length >= MOST && html` · ${fill(words.most, { n: MOST })}`}${sum > 0 && html` · ${words.sum} <b class="num">${showFen(sum)}</b>`}</p>
<form method="post" action="${paths.bulk('decision')}" class="decision">${token(ctx)}<input type="hidden" name="batch" value="${batch}"><input type="hidden" name="from" value="${from}">${able.map(({ request }) => html`<input type="hidden" name="item" value="${request.requestNo}:${request.revision}">`)}
<label class="inline row"><span>${words.decision}</span><select class="field short" name="decision">${options(
      decisions.map((value) => ({ value, label: text.request[value] })),
      decision,
    )}</select></label>
<label for="reason">${text.request.reason}</label><textarea class="field" id="reason" name="reason" rows="2" maxlength="200" aria-describedby="reason-hint">${reason}</textarea><p class="msg${fault ? ' bad' : ''}" id="reason-hint">${fault ? text.refusals[fault] : text.request.reasonHint}</p>
<div class="buttons">${able.length > 0 && html`<button class="btn primary">${fill(words.confirm, { n: able.length })}</button>`}<a class="btn" href="${back}">${text.common.back}</a></div></form></section>
${
  unable.length > 0 &&
  html`<section class="card warned" id="unable"><h2>${words.unable}</h2>${table(
    ctx,
    unable.map(({ request, refusal }) => ({ request, said: refusal ? text.refusals[refusal] : '' })),
  )}</section>`
}
<section class="card" id="able"><h2>${words.able}</h2>${table(
      ctx,
      able.map((item) => ({ request: item.request, said: cautions(ctx, item) })),
    )}</section></div>`,
  });
}

/** What the sheet of the request would have warned of: nobody should pass it over because it is one of many. */
function cautions(ctx: SignedInCtx, { request, similar }: Item): string {
  const { text } = ctx;
  return [similar && text.twins.title, Object.keys(request.reasons).length > 0 && text.request.warnings].filter(Boolean).join('; ');
}

export function bulkResult(ctx: SignedInCtx, decision: Decision, from: string, batch: string, done: readonly Done[]): Promise<Raw> {
  const { text } = ctx;
  const words = text.bulk;
  const back = paths.inbox(addressOf(filterFrom(from)));
  const taken = done.filter((one) => one.refusal === null);
  const refused = done.filter((one) => one.refusal !== null);
  const why = ({ refusal }: Done) => (refusal === null ? '' : isRefusal(refusal) ? text.refusals[refusal] : text.request[refusal]);
  return layout(ctx, {
    title: words.result,
    crumbs: [{ label: text.inbox.title, path: back }, { label: words.result }],
    entry: 'inbox',
    notice: notice(refused.length > 0 ? 'warn' : 'good', fill(words.came, { action: text.request[decision], n: taken.length, m: refused.length })),
    body: html`<div class="head"><h1>${words.result} <small class="mono">${batch.slice(0, 8)}</small></h1><a class="btn" href="${back}">${text.inbox.title}</a></div><div class="page">${
      refused.length > 0 &&
      html`<section class="card warned" id="refused"><h2>${words.refused}</h2>${table(
        ctx,
        refused.map((one) => ({ request: one.request, said: why(one) })),
      )}</section>`
    }
<section class="card" id="taken"><h2>${words.taken}</h2>${table(
      ctx,
      taken.map((one) => ({ request: one.request, said: one.state === 'recorded' ? text.request.recorded : stateTag(text, one.state) })),
    )}</section></div>`,
  });
}

function table(ctx: SignedInCtx, rows: readonly { request: Request; said: string | Raw }[]): Raw {
  const { text } = ctx;
  return html`<table class="t"><thead><tr><th>${text.request.no}</th><th>${text.inbox.kind}</th><th>${text.request.merchant}</th><th>${text.request.maker}</th><th class="num">${text.bulk.amount}</th><th>${text.bulk.note}</th></tr></thead><tbody>${rows.map(({ request, said }) => html`<tr><td class="mono"><a href="${paths.request(request.requestNo)}">${request.requestNo}</a></td><td>${word(text.kinds, request.kind)}</td><td>${request.title}</td><td>${request.maker.name}</td><td class="num">${request.amountFen !== null && showFen(request.amountFen)}</td><td>${said}</td></tr>`)}</tbody></table>`;
}
