// The stream of news for open pages. It carries no content: a page that is told asks again with its own filters.
import { query, type Route } from '../http.ts';

export const liveRoutes: Route[] = [
  {
    method: 'GET',
    path: '/events',
    right: 'signedIn',
    async handle(ctx) {
      const [last, since] = [ctx.req.get('Last-Event-ID') ?? '', query(ctx, 'since', 15)];
      const number = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : null);
      await ctx.live.join(ctx.res, ctx.user, ctx.sessionHash, { eventId: number(last), madeAt: number(since) });
    },
  },
];
