// A request's page and everything that may be asked of it.
import { type InboxFilter, inboxPage } from '../../db/inbox.ts';
import { readNotices } from '../../db/notifications.ts';
import { findRequest } from '../../db/requests.ts';
import { remember } from '../../db/seen.ts';
import { lineRefusal } from '../../db/top-ups.ts';
import { findActor } from '../../db/users.ts';
import type { signals } from '../../workflows/desk.ts';
import { dueAt } from '../../workflows/rules/clock.ts';
import type { Command } from '../../workflows/rules/command.ts';
import type { Refusal } from '../../workflows/rules/refusals.ts';
import { isFinal, type NamedLine, type Request } from '../../workflows/rules/request.ts';
import { type Action, steps } from '../../workflows/rules/steps.ts';
import { hadAHand, forbidden as mayNot, namesLine, reasonRefusal } from '../../workflows/rules/take.ts';
import { takeCode } from '../auth/one-time-codes.ts';
import { asksCode, signInPolicy } from '../auth/policy.ts';
import { mayTry } from '../auth/totp.ts';
import { commandIdOf, field, forbidden, notFound, page, param, type Route, type SignedInCtx, see, wantsFragment } from '../http.ts';
import { addressOf, filterFrom, fromStart, textOfFilter } from '../inbox/filter.ts';
import { showInbox, toastOf } from '../inbox/routes.ts';
import { paths } from '../ui/paths.ts';
import { type Answer, send } from './commands.ts';
import { historyPage } from './history.ts';
import { findWithEvents, known, knownOf, openedAs, plain, visible } from './page.ts';
import { printPage } from './print.ts';
import { revealed } from './reveal.ts';
import { showRequest } from './show.ts';
import { answerNotice, type Extra, type Known, requestPage } from './views.ts';

const act = (path: string, handle: (ctx: SignedInCtx) => Promise<void>): Route => ({
  method: 'POST',
  path: `/requests/:no/${path}`,
  right: 'signedIn',
  handle,
});

export const requestRoutes: Route[] = [
  { method: 'GET', path: '/requests/:no', right: 'signedIn', handle: (ctx: SignedInCtx) => showRequest(ctx, param(ctx, 'no')) },
  // An open page asks whether it still shows what is so.
  {
    method: 'GET',
    path: '/requests/:no/version',
    right: 'signedIn',
    async handle(ctx: SignedInCtx) {
      const { version } = await visible(ctx);
      ctx.res.type('txt').set('Cache-Control', 'no-store').send(String(version));
    },
  },
  { method: 'GET', path: '/requests/:no/print', right: 'signedIn', handle: async (ctx: SignedInCtx) => page(ctx, printPage(ctx, await known(ctx))) },
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

function decided(ctx: SignedInCtx): Action {
  const decision = field(ctx.req.body, 'decision', 10);
  if (decision !== 'approve' && decision !== 'return' && decision !== 'reject') throw notFound();
  return decision;
}

/** The one door through which every command of every page goes. */
async function command(ctx: SignedInCtx, signal: keyof typeof signals, action: Action): Promise<void> {
  const { whole: request } = await visible(ctx);
  const body: unknown = ctx.req.body ?? {};
  const reason = field(body, 'reason').trim() || field(body, 'phrase', 200).trim();
  const to = action === 'handOver' ? await findActor(ctx.db, field(body, 'to', 20)) : null;
  const named = action === 'approve' ? namedLine(body) : null;
  const revision = readRevision(field(body, 'revision', 10));
  const what: Command = {
    commandId: commandIdOf(ctx, request.requestNo, action, [revision, reason, named, to?.code]),
    requestNo: request.requestNo,
    action,
    actor: ctx.user,
    reason,
    revision,
    ...(named ? { line: named } : {}),
    ...(action === 'handOver' ? { to: to ?? { code: 'nobody', name: '', groups: [], rights: [] } } : {}),
  };
  // What is only typed wrong is said beside the field, before anything is asked of the request.
  const fault = reasonRefusal(steps[action], reason) ?? (await lineFault(ctx, request, action, named, reason)) ?? (await codeFault(ctx, request, action));
  const from = 'from' in (body as object) ? field(body, 'from', 500) : null;
  const ahead = !fault && from !== null && signal === 'decide' && answersWithNext(ctx) ? nextItem(ctx, filterFrom(from), request) : null;
  const answer: Answer = fault ? { kind: 'refused', refusal: fault } : await give(ctx, request, signal, what);
  if (isTaken(answer)) {
    if (from === null) return see(ctx, paths.request(request.requestNo, { command: what.commandId }));
    return goOn(ctx, from, request, { decided: signal === 'decide', commandId: what.commandId, answer, ahead });
  }
  const typed = signal === 'comment' ? { comment: reason } : { reason, line: named };
  const status = answer.kind === 'unreachable' || answer.kind === 'uncertain' ? 503 : 422;
  const extra: Extra = { ...plain, ...typed, fault, notice: answerNotice(ctx.text, answer), from };
  const now = await known(ctx);
  if (from !== null) return showInbox(ctx, filterFrom(from), openedAs(ctx, now, extra), { status: 422 });
  page(ctx, await requestPage(ctx, now, extra), status);
}

/** What is wrong with the bank line that the first level of a top-up names, while somebody who may decide it is choosing. */
async function lineFault(ctx: SignedInCtx, request: Request, action: Action, named: NamedLine | null, reason: string): Promise<Refusal | null> {
  if (action !== 'approve' || !namesLine(request)) return null;
  if (mayNot(request, action, ctx.user, Date.now())) return null;
  return (await lineRefusal(ctx.db, request, named)) ?? (named?.override && reason === '' ? 'reason_missing' : null);
}

/** From an amount on, an approval asks for a one-time code again; it is used up by this decision. */
async function codeFault(ctx: SignedInCtx, request: Request, action: Action): Promise<Refusal | null> {
  // Only what no later command can change lets it be: the rows may be behind what the workflow knows.
  const vain = isFinal(request.state) || hadAHand(request, ctx.user);
  if (action !== 'approve' || vain || !asksCode(await signInPolicy(ctx.db), request)) return null;
  if (!ctx.totp) return 'code_needed';
  if (!(await mayTry(ctx))) return 'code_wrong';
  return (await ctx.db.transaction((tx) => takeCode(ctx, tx, ctx.user.code, field(ctx.req.body, 'code', 20)))) ? null : 'code_wrong';
}

/** The bank line that an approval of a top-up names. */
function namedLine(body: unknown): NamedLine | null {
  const id = Number(field(body, 'line', 16));
  return Number.isSafeInteger(id) && id > 0 ? { id, override: field(body, 'override', 3) === 'yes' } : null;
}

/** The revision that a form was made about; one that is none matches no request. */
export function readRevision(text: string): number {
  const revision = Number(text);
  return Number.isSafeInteger(revision) ? revision : 0;
}

const isTaken = (answer: Answer) => answer.kind === 'recorded' || (answer.kind === 'outcome' && answer.outcome.accepted);

/** Gives a command to its request; what was decided about is what this reviewer has seen. */
export async function give(ctx: SignedInCtx, request: Request, signal: keyof typeof signals, what: Command): Promise<Answer> {
  const answer = await send(ctx, request.requestNo, signal, what, ctx.address);
  if (answer.kind === 'outcome' && answer.outcome.accepted && signal === 'decide')
    await remember(ctx.db, request.requestNo, ctx.user.code, request.revision, request.data);
  return answer;
}

/**
 * After a decision the next item of the list, after anything else the same request. htmx is answered with it, a browser without is sent there, so that a
 * reload decides nothing again.
 */
async function goOn(
  ctx: SignedInCtx,
  from: string,
  request: Request,
  { decided, commandId, answer, ahead }: { decided: boolean; commandId: string; answer: Answer; ahead: Promise<Known | null> | null },
): Promise<void> {
  const filter = filterFrom(from);
  const { requestNo } = request;
  if (!decided) return ctx.res.redirect(303, paths.inboxItem(requestNo, { ...addressOf(filter), command: commandId }));
  const found = await ahead;
  const looked = found && (await still(ctx, found));
  const next = looked ? looked.request.requestNo : await nextOf(ctx, filter, request);
  const list = next ? filter : fromStart(filter);
  if (answersWithNext(ctx)) {
    // What can be said no more of the next one (somebody else was quicker) must not be the answer to a decision that stands.
    const shown = looked ?? (next ? await known(ctx, next).catch(() => null) : null);
    const sheet = shown && openedAs(ctx, shown, { ...plain, from: textOfFilter(list) });
    if (sheet || !next) return showInbox(ctx, list, sheet, { toast: toastOf(requestNo, answerNotice(ctx.text, answer)) });
  }
  const did = { did: requestNo, command: commandId };
  ctx.res.redirect(303, next ? paths.inboxItem(next, { ...addressOf(list), ...did }) : paths.inbox({ ...addressOf(list), tab: list.tab, ...did }));
}

const answersWithNext = (ctx: SignedInCtx) => wantsFragment(ctx) && ctx.user.rights.includes('inbox');

/**
 * What is opened next, looked up while the decision is on its way: the worker needs longer than that. Null when it has to be looked up afterwards, because the
 * decision may change what its page says: one that is of no merchant (parameters, rights, books), the same record, a choice of bank lines, a twin.
 */
async function nextItem(ctx: SignedInCtx, filter: InboxFilter, request: Request): Promise<Known | null> {
  if (request.merchantNo === '') return null;
  try {
    const next = await nextOf(ctx, filter, request);
    if (!next || next === request.requestNo) return null;
    const found = await findWithEvents(ctx.db, next);
    if (!found || found.row.merchantNo === request.merchantNo || namesLine(found.row.whole)) return null;
    const shown = await knownOf(ctx, found, false);
    return shown.twins.some((twin) => twin.requestNo === request.requestNo) ? null : shown;
  } catch {
    return null;
  }
}

/** The item that was looked up, now shown and its notices read; null when somebody did something to it meanwhile. */
async function still({ db, user }: SignedInCtx, shown: Known): Promise<Known | null> {
  const { requestNo, version } = shown.request;
  const [row] = await Promise.all([findRequest(db, requestNo), readNotices(db, user.code, requestNo)]);
  return row?.version === version ? shown : null;
}

/** What a list opens after a decision: what follows it, or else its first item; a list of what was done stays where it is. */
async function nextOf(ctx: SignedInCtx, filter: InboxFilter, request: Request): Promise<string | null> {
  const { requestNo } = request;
  if (filter.tab === 'handled' || filter.tab === 'started') return requestNo;
  const at = filter.sort === 'amount' ? (request.amountFen ?? 0) : filter.sort === 'newest' ? request.submittedAt : (dueAt(request) ?? 0);
  const [next] = await inboxPage(ctx.db, ctx.user, { ...filter, after: { at, requestNo } }, 1);
  const [first] = next ? [next] : await inboxPage(ctx.db, ctx.user, fromStart(filter), 1);
  return first?.requestNo ?? null;
}

/** 查看完整信息: shows what is masked, once, and writes who looked into the audit log. */
async function reveal(ctx: SignedInCtx): Promise<void> {
  const shown = await known(ctx);
  if (!ctx.user.rights.includes('reveal')) throw forbidden();
  const fault = await revealed(ctx, shown.request.requestNo);
  page(ctx, await requestPage(ctx, shown, { ...plain, plain: !fault, notice: fault }), fault ? 422 : 200);
}
