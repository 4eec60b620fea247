// The stream of news for open pages. It carries no content: a page that is told asks again with its own filters.
import type { Route } from '../http.ts';

export const liveRoutes: Route[] = [
  {
    method: 'GET',
    path: '/events',
    right: 'signedIn',
    async handle(ctx) {
      const last = ctx.req.get('Last-Event-ID') ?? '';
      await ctx.live.join(ctx.res, ctx.user, ctx.sessionHash, /^\d{1,15}$/.test(last) ? Number(last) : null);
    },
  },
];
