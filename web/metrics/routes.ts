// /metrics in the Prometheus format: for this machine, or for whoever has the token.
import { type Ctx, notFound, type Route, sameToken } from '../http.ts';

export const metricsRoutes: Route[] = [{ method: 'GET', path: '/metrics', right: 'public', handle: show }];

async function show(ctx: Ctx): Promise<void> {
  const { METRICS_TOKEN } = ctx.settings;
  const given = /^Bearer (.+)$/.exec(ctx.req.get('authorization') ?? '')?.[1] ?? '';
  const allowed = METRICS_TOKEN ? sameToken(given, METRICS_TOKEN) : /^(::1|(::ffff:)?127\.)/.test(ctx.address);
  if (!allowed) throw notFound();
  ctx.res
    .type(ctx.metrics.registry.contentType)
    .set('Cache-Control', 'no-store')
    .send(await ctx.metrics.text());
}
