// What time does to a request: remind, escalate, expire. Time never approves, and it never changes who may decide.
import { afterWorking } from './calendar.ts';
import { happened, type Plan, type Request } from './request.ts';

export type Due = { what: 'remind' | 'escalate' | 'expire'; at: number };

/** The next thing that time will do, or null when it does nothing in this state. `at` is epoch ms. */
export function nextDue(request: Request): Due | null {
  const { plan, since } = request;
  const after = (span: number) => afterWorking(since, span, plan?.calendar);
  // A submission that a rule turned back has no plan yet.
  if (request.state === 'returned') return { what: 'expire', at: after((plan ?? defaultPlan).returnedExpireMs) };
  if (!plan || request.state !== 'submitted') return null;
  const all: Due[] = [{ what: 'expire', at: after(plan.expireMs) }];
  if (!request.overdue) all.push({ what: 'escalate', at: after(plan.escalateMs) });
  if (!request.reminded && !request.overdue) all.push({ what: 'remind', at: after(plan.remindMs) });
  return all.reduce((first, other) => (other.at < first.at ? other : first));
}

/** Until when the waiting level should decide; afterwards the request is 超时. Epoch ms, null when nobody is waited for. */
export function dueAt(request: Request): number | null {
  const { plan, since, state } = request;
  return plan && (state === 'submitted' || state === 'failed') ? afterWorking(since, plan.escalateMs, plan.calendar) : null;
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
      return happened(
        { ...request, state: 'expired', since: due.at, claim: null, revision: request.revision + 1, ...(request.line ? { line: null } : {}) },
        { type: 'expired', ...happening },
      );
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
