// 风险预警: the cases, and what is done about one.
import { WorkflowNotFoundError } from '@temporalio/client';
import { alerts, findAlert } from '../../db/alerts.ts';
import { audit } from '../../db/audit.ts';
import { findMerchant } from '../../db/merchants.ts';
import { openRequestsOf } from '../../db/open-requests.ts';
import { alertSignal } from '../../workflows/risk-alert.ts';
import { type AlertAction, alertActions, alertRefusal } from '../../workflows/rules/alerts.ts';
import { commandIdOf, field, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { patiently } from '../requests/commands.ts';
import type { Hole } from '../ui/html.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { alertPage, alertsPage } from './views.ts';

export const alertRoutes: Route[] = [
  { method: 'GET', path: '/alerts', right: ['riskAlerts'], handle: list },
  { method: 'GET', path: '/alerts/:no', right: ['riskAlerts'], handle: (ctx: SignedInCtx) => show(ctx) },
  { method: 'POST', path: '/alerts/:no/actions', right: ['riskHandling'], handle: act },
];

const PAGE = 50;

async function list(ctx: SignedInCtx): Promise<void> {
  const before = Number(query(ctx, 'before', 12));
  const filter = { state: query(ctx, 'state', 10), rule: query(ctx, 'rule', 20) };
  const rows = await alerts(ctx.db, { ...filter, ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}) }, PAGE + 1);
  page(ctx, await alertsPage(ctx, filter, rows.slice(0, PAGE), before > 0, rows.length > PAGE ? rows[PAGE - 1]?.id : undefined));
}

async function show(ctx: SignedInCtx, said: Hole = null, typed = '', status = 200): Promise<void> {
  const row = await findAlert(ctx.db, param(ctx, 'no'));
  if (!row) throw notFound();
  const [merchant, busy] = await Promise.all([findMerchant(ctx.db, row.merchantNo), openRequestsOf(ctx.db, [`merchant:${row.merchantNo}`])]);
  page(ctx, await alertPage(ctx, { row, merchant, busy, said, typed }), status);
}

const isAction = (name: string): name is AlertAction => (alertActions as readonly string[]).includes(name);

async function act(ctx: SignedInCtx): Promise<void> {
  const no = param(ctx, 'no');
  const row = await findAlert(ctx.db, no);
  if (!row) throw notFound();
  const [action, text] = [field(ctx.req.body, 'action', 20), field(ctx.req.body, 'text', 1000).trim()];
  if (!isAction(action)) throw notFound();
  const commandId = commandIdOf(ctx, no, action, text);
  const { code, name, groups, rights } = ctx.user;
  const owner = row.whole?.owner ?? null;
  const refusal = alertRefusal({ state: row.state, owner }, { action, actor: ctx.user, text });
  if (refusal) return show(ctx, notice('bad', ctx.text.refusals[refusal]), text, 422);
  const detail = { commandId, text };
  await ctx.db.transaction((tx) => audit(tx, { by: ctx.user, action: `alert.${action}`, object: no, detail, address: ctx.address }));
  try {
    const handle = ctx.temporal.workflow.getHandle(no);
    await ctx.temporal.withDeadline(Date.now() + 5000, () =>
      handle.signal(alertSignal, { commandId, alertNo: no, action, actor: { code, name, groups, rights }, text }),
    );
  } catch (error) {
    const said = error instanceof WorkflowNotFoundError ? ctx.text.refusals.already_decided : ctx.text.alerts.unreachable;
    return show(ctx, notice('bad', said), text, error instanceof WorkflowNotFoundError ? 409 : 503);
  }
  const outcome = await outcomeOf(ctx, no, commandId);
  if (outcome?.refusal) return show(ctx, notice('bad', ctx.text.refusals[outcome.refusal]), text, 409);
  if (!outcome) return show(ctx, notice('warn', ctx.text.alerts.recorded));
  see(ctx, paths.alert(no));
}

/** What came of a command, once its workflow has saved it; null when no worker answers in time. */
const outcomeOf = (ctx: SignedInCtx, no: string, commandId: string) =>
  patiently(ctx, no, async () => (await findAlert(ctx.db, no))?.whole?.events.find((one) => one.commandId === commandId) ?? null);
