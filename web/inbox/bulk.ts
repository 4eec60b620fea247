// 批量: tick, look at what would happen and what cannot, then decide; every item goes through the same door as a single decision.
import { randomUUID } from 'node:crypto';
import { audit, auditEntries } from '../../db/audit.ts';
import { inboxPage } from '../../db/inbox.ts';
import { findRequest } from '../../db/requests.ts';
import { twinRequests } from '../../db/twins.ts';
import type { Request } from '../../workflows/rules/request.ts';
import { steps } from '../../workflows/rules/steps.ts';
import { forbidden, namesLine, reasonRefusal } from '../../workflows/rules/take.ts';
import { twinKeys } from '../../workflows/rules/twins.ts';
import { asksCode, signInPolicy } from '../auth/policy.ts';
import { commandIdOf, field, fields, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { maySee } from '../requests/page.ts';
import { give, readRevision } from '../requests/routes.ts';
import { paths } from '../ui/paths.ts';
import { bulkPreview, bulkResult, type Decision, type Done, decisions, type Item, MOST } from './bulk-views.ts';
import { filterFrom, fromStart } from './filter.ts';

export const bulkRoutes: Route[] = [
  { method: 'POST', path: '/inbox/bulk', right: ['inbox'], handle: preview },
  { method: 'POST', path: '/inbox/bulk/decision', right: ['inbox'], handle: decide },
  { method: 'GET', path: '/inbox/bulk/:batch', right: ['inbox'], handle: result },
];

/** So many decisions are under way at once. */
const WIDTH = 8;

const decisionOf = (text: string): Decision => decisions.find((one) => one === text) ?? 'approve';

/** What a bulk decision would do: how many, their sum, and those that cannot be decided, each with the rule that forbids it. */
async function preview(ctx: SignedInCtx): Promise<void> {
  const body = (ctx.req.body ?? {}) as Record<string, unknown>;
  const from = field(body, 'from', 500);
  const all = field(body, 'all', 10) !== '';
  const decision = decisionOf(field(body, 'decision', 10) || field(body, 'all', 10));
  const numbers = all ? await everyNumber(ctx, from) : fields(body.no).slice(0, MOST);
  const items = (await Promise.all(numbers.map((no) => itemOf(ctx, no, decision)))).filter((item) => item !== null);
  page(ctx, await bulkPreview(ctx, { decision, from, items, all, unticked: !all && numbers.length === 0, batch: randomUUID(), reason: '', fault: null }));
}

async function everyNumber(ctx: SignedInCtx, from: string): Promise<string[]> {
  return (await inboxPage(ctx.db, ctx.user, fromStart(filterFrom(from)), MOST)).map((row) => row.requestNo);
}

async function itemOf(ctx: SignedInCtx, requestNo: string, decision: Decision): Promise<Item | null> {
  const row = await findRequest(ctx.db, requestNo);
  if (!row || !maySee(row.whole, ctx.user)) return null;
  const asks = decision === 'approve' && asksCode(await signInPolicy(ctx.db), row.whole);
  const refusal =
    forbidden(row.whole, decision, ctx.user, Date.now()) ?? (decision === 'approve' && namesLine(row.whole) ? 'line_missing' : asks ? 'code_needed' : null);
  // Only what will be decided is shown with its warnings.
  const similar = refusal === null && (await twinRequests(ctx.db, requestNo, row.merchantNo, twinKeys(row.whole))).length > 0;
  return { request: row.whole, refusal, similar };
}

/** Decides what was previewed, at the revisions that were previewed. Sent again, it answers what came of it the first time. */
async function decide(ctx: SignedInCtx): Promise<void> {
  const body = (ctx.req.body ?? {}) as Record<string, unknown>;
  const decision = decisionOf(field(body, 'decision', 10));
  const reason = field(body, 'reason').trim();
  const given = field(body, 'batch', 40);
  const batch = /^[\w-]+$/.test(given) ? given : randomUUID();
  const from = field(body, 'from', 500);
  const asked = [...new Set(fields(body.item))].slice(0, MOST).map((one) => one.split(':'));
  const fault = reasonRefusal(steps[decision], reason);
  if (fault) {
    const items = (await Promise.all(asked.map(([no = '']) => itemOf(ctx, no, decision)))).filter((item) => item !== null);
    return page(ctx, await bulkPreview(ctx, { decision, from, items, all: false, batch, reason, fault }), 422);
  }
  const done: Done[] = [];
  const lanes = Array.from({ length: WIDTH }, async () => {
    for (let next = asked.shift(); next; next = asked.shift()) {
      const [no = '', revision = ''] = next;
      const row = await findRequest(ctx.db, no);
      if (row && maySee(row.whole, ctx.user)) done.push(await decideOne(ctx, row.whole, revision, decision, reason, batch));
    }
  });
  await Promise.all(lanes);
  const results = done
    .map(({ request, refusal, state }) => ({ no: request.requestNo, refusal, state }))
    .toSorted((one, other) => one.no.localeCompare(other.no));
  const detail = { batch, decision, asked: done.length, taken: done.filter((one) => one.refusal === null).length, results };
  await ctx.db.transaction((tx) => audit(tx, { by: ctx.user, action: 'request.bulk', object: batch, detail, address: ctx.address }));
  see(ctx, paths.bulkResult(batch, { from }));
}

/** What came of a bulk decision of one's own, as the audit log keeps it. */
async function result(ctx: SignedInCtx): Promise<void> {
  const batch = param(ctx, 'batch');
  const [entry] = await auditEntries(ctx.db, { actor: ctx.user.code, object: batch, action: 'request.bulk' }, 1);
  const kept = entry?.detail as { decision: Decision; results: { no: string; refusal: Done['refusal']; state: Done['state'] }[] } | undefined;
  if (!kept) throw notFound();
  const done = await Promise.all(
    kept.results.map(async ({ no, refusal, state }) => {
      const row = await findRequest(ctx.db, no);
      return row && { request: row.whole, refusal, state };
    }),
  );
  page(
    ctx,
    await bulkResult(
      ctx,
      kept.decision,
      query(ctx, 'from', 500),
      batch,
      done.filter((one) => one !== null),
    ),
  );
}

async function decideOne(ctx: SignedInCtx, request: Request, revision: string, decision: Decision, reason: string, batch: string): Promise<Done> {
  const { requestNo } = request;
  // A code is asked for one decision at a time.
  if (decision === 'approve' && asksCode(await signInPolicy(ctx.db), request)) return { request, refusal: 'code_needed', state: request.state };
  const what = {
    commandId: `bulk:${batch}:${commandIdOf(ctx, requestNo, decision, [readRevision(revision), reason], batch)}`,
    requestNo,
    action: decision,
    actor: ctx.user,
    revision: readRevision(revision),
    reason,
  };
  const answer = await give(ctx, request, 'decide', what);
  if (answer.kind === 'outcome') return { request, refusal: answer.outcome.refusal ?? null, state: answer.outcome.state };
  if (answer.kind === 'refused') return { request, refusal: answer.refusal, state: request.state };
  return { request, refusal: answer.kind === 'recorded' ? null : answer.kind, state: answer.kind === 'recorded' ? 'recorded' : request.state };
}
