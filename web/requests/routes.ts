// A request's page and everything that may be asked of it.
import { randomUUID } from 'node:crypto';
import { attachmentsOf } from '../../db/attachments.ts';
import { audit } from '../../db/audit.ts';
import { findDraft } from '../../db/drafts.ts';
import { codeNames } from '../../db/reference.ts';
import { findRequest, requestEvents } from '../../db/requests.ts';
import { lastSeen, remember } from '../../db/seen.ts';
import { findActor, members } from '../../db/users.ts';
import type { signals } from '../../workflows/desk.ts';
import type { Command } from '../../workflows/rules/command.ts';
import { kinds } from '../../workflows/rules/kinds.ts';
import { type Actor, type Request, waitsFor } from '../../workflows/rules/request.ts';
import type { Action } from '../../workflows/rules/steps.ts';
import { field, forbidden, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { type Answer, outcomeOf, send } from './commands.ts';
import { historyPage } from './history.ts';
import { answerNotice, type Known, requestPage } from './views.ts';

const act = (path: string, handle: (ctx: SignedInCtx) => Promise<void>): Route => ({
  method: 'POST',
  path: `/requests/:no/${path}`,
  right: 'signedIn',
  handle,
});

export const requestRoutes: Route[] = [
  { method: 'GET', path: '/requests/:no', right: 'signedIn', handle: show },
  {
    method: 'GET',
    path: '/requests/:no/history',
    right: ['auditLog'],
    handle: async (ctx: SignedInCtx) => page(ctx, await historyPage(ctx, await known(ctx))),
  },
  act('decision', (ctx) => command(ctx, 'decide', decided(ctx))),
  act('claim', (ctx) => command(ctx, 'claim', 'claim')),
  act('release', (ctx) => command(ctx, 'release', 'release')),
  act('hand-over', (ctx) => command(ctx, 'handOver', 'handOver')),
  act('comments', (ctx) => command(ctx, 'comment', 'comment')),
  act('withdrawal', (ctx) => command(ctx, 'withdraw', 'withdraw')),
  act('urging', (ctx) => command(ctx, 'urge', 'urge')),
  act('retrying', (ctx) => command(ctx, 'retry', 'retry')),
  act('abandonment', (ctx) => command(ctx, 'abandon', 'abandon')),
  act('reveal', reveal),
];

/** Who may see a request: who made or decided it, who reviews its kind, who waits for it, and auditors. */
export function maySee(request: Request, user: Actor): boolean {
  const involved = [...request.contributors, ...request.approvals.map((approval) => approval.by.code)].includes(user.code);
  const { reviewRight } = kinds[request.kind];
  return involved || user.rights.includes('auditLog') || user.rights.includes(reviewRight) || user.groups.includes(waitsFor(request) ?? '-');
}

/** Everything the page of a request shows. */
async function known(ctx: SignedInCtx): Promise<Known> {
  const requestNo = param(ctx, 'no');
  const row = await findRequest(ctx.db, requestNo);
  if (!row) throw notFound();
  if (!maySee(row.whole, ctx.user)) throw forbidden();
  const group = waitsFor(row.whole);
  const { areaCode = '', mcc = '' } = row.whole.data;
  const [events, attachments, seen, deciders, names] = await Promise.all([
    requestEvents(ctx.db, requestNo),
    attachmentsOf(ctx.db, requestNo),
    lastSeen(ctx.db, requestNo, ctx.user.code),
    group ? members(ctx.db, group) : [],
    codeNames(ctx.db, areaCode, mcc),
  ]);
  return { request: row.whole, events, attachments, seen, deciders, names, now: Date.now() };
}

async function show(ctx: SignedInCtx): Promise<void> {
  const requestNo = param(ctx, 'no');
  const commandId = query(ctx, 'command', 100);
  if (!(await findRequest(ctx.db, requestNo))) return showAccepted(ctx, requestNo);
  const outcome = commandId ? await outcomeOf(ctx, requestNo, commandId) : null;
  const answer: Answer | null = commandId ? (outcome ? { kind: 'outcome', outcome } : { kind: 'recorded' }) : null;
  const shown = await known(ctx);
  if (query(ctx, 'first') === '1' && !answer)
    return page(ctx, await requestPage(ctx, shown, { notice: notice('warn', ctx.text.opening.accepted), reason: '', comment: '', plain: false }));
  await showKnown(ctx, shown, answer);
}

async function showKnown(
  ctx: SignedInCtx,
  shown: Known,
  answer: Answer | null,
  typed: { reason?: string; comment?: string } = {},
  status = 200,
): Promise<void> {
  page(
    ctx,
    await requestPage(ctx, shown, { notice: answer && answerNotice(ctx.text, answer), reason: typed.reason ?? '', comment: typed.comment ?? '', plain: false }),
    status,
  );
}

/** Temporal has the request, but no worker has written its rows yet. */
async function showAccepted(ctx: SignedInCtx, requestNo: string): Promise<void> {
  const draft = await findDraft(ctx.db, requestNo);
  if (draft?.makerCode !== ctx.user.code || !draft.acceptedAt) throw notFound();
  const body = html`<div class="head"><h1>${requestNo}</h1></div><div class="page" hx-get="${paths.request(requestNo)}" hx-trigger="every 3s" hx-select="#content" hx-target="#content" hx-swap="outerHTML">${notice('warn', ctx.text.request.accepted)}</div>`;
  page(ctx, await layout(ctx, { title: requestNo, body }));
}

function decided(ctx: SignedInCtx): Action {
  const decision = field(ctx.req.body, 'decision', 10);
  if (decision !== 'approve' && decision !== 'return' && decision !== 'reject') throw notFound();
  return decision;
}

/** The one door through which every command of every page goes. */
async function command(ctx: SignedInCtx, signal: keyof typeof signals, action: Action): Promise<void> {
  const shown = await known(ctx);
  const { request } = shown;
  const body: unknown = ctx.req.body;
  const reason = field(body, 'reason').trim();
  const to = action === 'handOver' ? await findActor(ctx.db, field(body, 'to', 20)) : null;
  const revision = Number(field(body, 'revision', 10));
  const what: Command = {
    commandId: field(body, 'commandId', 100) || randomUUID(),
    requestNo: request.requestNo,
    action,
    actor: ctx.user,
    reason,
    revision: Number.isSafeInteger(revision) ? revision : 0,
    ...(action === 'handOver' ? { to: to ?? { code: 'nobody', name: '', groups: [], rights: [] } } : {}),
  };
  const answer = await send(ctx, request.requestNo, signal, what, ctx.address);
  const taken = answer.kind === 'outcome' && answer.outcome.accepted;
  if (taken && signal === 'decide') await remember(ctx.db, request.requestNo, ctx.user.code, request.revision, request.data);
  if (taken || answer.kind === 'recorded') return see(ctx, paths.request(request.requestNo, { command: what.commandId }));
  const typed = signal === 'comment' ? { comment: reason } : { reason };
  const status = answer.kind === 'unreachable' || answer.kind === 'uncertain' ? 503 : 422;
  await showKnown(ctx, await known(ctx), answer, typed, status);
}

/** 查看完整信息: shows what is masked, once, and writes who looked into the audit log. */
async function reveal(ctx: SignedInCtx): Promise<void> {
  const shown = await known(ctx);
  if (!ctx.user.rights.includes('reveal')) throw forbidden();
  await ctx.db.transaction((tx) => audit(tx, { by: ctx.user, action: 'reveal', object: shown.request.requestNo, address: ctx.address }));
  page(ctx, await requestPage(ctx, shown, { notice: null, reason: '', comment: '', plain: true }));
}
