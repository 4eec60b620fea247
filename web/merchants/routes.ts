// 商户信息: list and detail with versions and the requests that made them.
import { findQuota, linesOf } from '../../db/ledger.ts';
import { findMerchant, merchants, merchantVersions } from '../../db/merchants.ts';
import { openRequestsOf } from '../../db/open-requests.ts';
import { areas, codeNames } from '../../db/reference.ts';
import { requestsOfMerchant } from '../../db/requests.ts';
import { terminals } from '../../db/terminals.ts';
import { activityOf } from '../../db/transactions.ts';
import { forbidden, notFound, page, param, query, type Route, type SignedInCtx } from '../http.ts';
import { revealed } from '../requests/reveal.ts';
import type { Hole } from '../ui/html.ts';
import { merchantPage, merchantsPage } from './views.ts';

export const merchantRoutes: Route[] = [
  { method: 'GET', path: '/merchants', right: ['merchantInfo'], handle: list },
  { method: 'GET', path: '/merchants/:no', right: ['merchantInfo'], handle: (ctx: SignedInCtx) => detail(ctx) },
  { method: 'POST', path: '/merchants/:no/reveal', right: ['reveal'], handle: reveal },
];

const PAGE = 50;

async function list(ctx: SignedInCtx): Promise<void> {
  const filter = { q: query(ctx, 'q', 60).trim(), status: query(ctx, 'status', 20), areaCode: query(ctx, 'area', 4), after: query(ctx, 'after', 15) };
  const [rows, areaRows] = await Promise.all([merchants(ctx.db, filter, PAGE + 1), areas(ctx.db)]);
  page(ctx, await merchantsPage(ctx, filter, rows.slice(0, PAGE), rows.length > PAGE ? rows[PAGE - 1]?.merchantNo : undefined, areaRows));
}

async function reveal(ctx: SignedInCtx): Promise<void> {
  if (!ctx.user.rights.includes('merchantInfo')) throw forbidden();
  if (!(await findMerchant(ctx.db, param(ctx, 'no')))) throw notFound();
  const fault = await revealed(ctx, param(ctx, 'no'));
  await detail(ctx, fault, !fault);
}

async function detail(ctx: SignedInCtx, said: Hole = null, plain = false): Promise<void> {
  const merchantNo = param(ctx, 'no');
  const row = await findMerchant(ctx.db, merchantNo);
  if (!row) throw notFound();
  const [versions, requests, quota, names, busy, ownTerminals, lines] = await Promise.all([
    merchantVersions(ctx.db, merchantNo),
    requestsOfMerchant(ctx.db, merchantNo),
    findQuota(ctx.db, merchantNo),
    codeNames(ctx.db, row.areaCode, row.mcc),
    openRequestsOf(ctx.db, [`merchant:${merchantNo}`]),
    terminals(ctx.db, { merchantNo }, 50),
    linesOf(ctx.db, merchantNo, 20),
  ]);
  const activity = await activityOf(
    ctx.db,
    ownTerminals.map((one) => one.terminalNo),
  );
  page(ctx, await merchantPage(ctx, { activity, row, versions, requests, quota, names, busy, terminals: ownTerminals, lines, said, plain }), said ? 422 : 200);
}
