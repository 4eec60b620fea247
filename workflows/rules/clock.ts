// What time does to a request: remind, escalate, expire. Time never approves, and it never changes who may decide.
import { happened, type Plan, type Request } from './request.ts';

export type Due = { what: 'remind' | 'escalate' | 'expire'; at: number };

/** The next thing that time will do, or null when it does nothing in this state. `at` is epoch ms. */
export function nextDue(request: Request): Due | null {
  const { plan, since } = request;
  if (!plan) return null;
  if (request.state === 'returned') return { what: 'expire', at: since + plan.returnedExpireMs };
  if (request.state !== 'submitted') return null;
  const all: Due[] = [{ what: 'expire', at: since + plan.expireMs }];
  if (!request.overdue) all.push({ what: 'escalate', at: since + plan.escalateMs });
  if (!request.reminded && !request.overdue) all.push({ what: 'remind', at: since + plan.remindMs });
  return all.reduce((first, other) => (other.at < first.at ? other : first));
}

/** Until when the waiting level should decide; afterwards the request is 超时. Epoch ms, null when nobody is waited for. */
export function dueAt(request: Request): number | null {
  return request.plan && (request.state === 'submitted' || request.state === 'failed') ? request.since + request.plan.escalateMs : null;
}

/** The request after everything that was due by `at` has happened, in order. */
export function passed(request: Request, at: number): Request {
  const due = nextDue(request);
  if (!due || due.at > at) return request;
  return passed(befallen(request, due), at);
}

function befallen(request: Request, due: Due): Request {
  const happening = { by: null, at: due.at };
  switch (due.what) {
    case 'remind':
      return happened({ ...request, reminded: true }, { type: 'reminded', ...happening });
    case 'escalate':
      return happened({ ...request, overdue: true }, { type: 'escalated', ...happening });
    case 'expire':
      return happened({ ...request, state: 'expired', since: due.at, claim: null, revision: request.revision + 1 }, { type: 'expired', ...happening });
  }
}

/** Spans of the default policy (rules.md §10), ms; policy data overrides them. */
export const defaultPlan: Omit<Plan, 'levels'> = {
  remindMs: 4 * 3_600_000,
  escalateMs: 24 * 3_600_000,
  expireMs: 7 * 86_400_000,
  returnedExpireMs: 30 * 86_400_000,
  claimMs: 30 * 60_000,
};
