// 工作台: what waits, and what this user can open.
import { inboxCounts } from '../../db/inbox.ts';
import { kindNames, kindRule } from '../../workflows/rules/kinds.ts';
import { page, type Route, type SignedInCtx } from '../http.ts';
import { fill } from '../text/index.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { count } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

export const homeRoutes: Route[] = [
  { method: 'GET', path: '/', right: 'signedIn', handle: home },
  { method: 'GET', path: '/healthz', right: 'public', handle: async (ctx) => void ctx.res.type('text').send('ok') },
  { method: 'GET', path: '/readyz', right: 'public', handle: ready },
];

async function home(ctx: SignedInCtx): Promise<void> {
  const words = ctx.text.homePage;
  const counts = ctx.user.rights.includes('inbox') ? await inboxCounts(ctx.db, ctx.user, {}) : null;
  const tile = (label: string, path: string, number?: number) =>
    html`<a class="card tile" href="${path}"><span>${label}</span>${number !== undefined && html`<b class="num">${count(number)}</b>`}</a>`;
  const may = (right: string) => ctx.user.rights.includes(right);
  const body = html`<div class="head"><h1>${fill(words.hello, { name: ctx.user.name })}</h1></div><div class="page tiles">
${counts && [tile(words.waiting, paths.inbox(), counts.mine), tile(words.mine, paths.inbox({ tab: 'started' }), counts.started)]}
${kindNames.filter((kind) => may(kindRule(kind).submitRight)).map((kind) => tile(ctx.text.kinds[kind], paths.drafts(kind)))}${may('merchantInfo') && tile(ctx.text.merchants.title, paths.merchants())}
${may('auditLog') && tile(ctx.text.audit.title, paths.audit())}${tile(ctx.text.password.title, paths.password())}</div>`;
  page(ctx, await layout(ctx, { title: words.title, crumbs: [], body }));
}

/** Ready when PostgreSQL and Temporal answer; names what does not, or that this web is closing. Each is given a second and a half. */
async function ready(ctx: Parameters<Extract<Route, { right: 'public' }>['handle']>[0]): Promise<void> {
  const inTime = <T>(what: Promise<T>) =>
    Promise.race([
      what.then(
        () => 'ok',
        () => 'down',
      ),
      new Promise<string>((resolve) => setTimeout(() => resolve('down'), 1500).unref()),
    ]);
  const [postgres, temporal] = await Promise.all([inTime(ctx.db.$client`select 1`.execute()), inTime(ctx.temporal.workflowService.getSystemInfo({}))]);
  const web = ctx.closing.now ? 'closing' : 'ok';
  const ready = postgres === 'ok' && temporal === 'ok' && web === 'ok';
  ctx.res.status(ready ? 200 : 503).json({ postgres, temporal, web });
}
