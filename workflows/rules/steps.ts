// What may be done to a request, from which state, by whom. A step not written here cannot happen.
import type { RequestState } from './request.ts';

export interface Step {
  from: readonly RequestState[];
  /** maker: who submitted it. reviewer: a member of the waiting level who had no hand in it. holder: who claimed it. anyone: who may see it. */
  by: 'maker' | 'reviewer' | 'holder' | 'anyone';
  reason: 'mandatory' | 'optional' | 'none';
  /** A decision names the revision it was made about. */
  bound: boolean;
}

export const steps = {
  approve: { from: ['submitted'], by: 'reviewer', reason: 'optional', bound: true },
  return: { from: ['submitted'], by: 'reviewer', reason: 'mandatory', bound: true },
  reject: { from: ['submitted'], by: 'reviewer', reason: 'mandatory', bound: true },
  amend: { from: ['returned'], by: 'maker', reason: 'optional', bound: true },
  withdraw: { from: ['submitted', 'returned'], by: 'maker', reason: 'optional', bound: false },
  claim: { from: ['submitted'], by: 'reviewer', reason: 'none', bound: false },
  release: { from: ['submitted'], by: 'holder', reason: 'none', bound: false },
  handOver: { from: ['submitted'], by: 'reviewer', reason: 'optional', bound: false },
  comment: { from: ['submitted', 'returned', 'approved', 'failed'], by: 'anyone', reason: 'mandatory', bound: false },
  urge: { from: ['submitted'], by: 'maker', reason: 'none', bound: false },
  retry: { from: ['failed'], by: 'reviewer', reason: 'optional', bound: false },
  abandon: { from: ['failed'], by: 'reviewer', reason: 'mandatory', bound: false },
} as const satisfies Record<string, Step>;

export type Action = keyof typeof steps;
export const actions = Object.keys(steps) as Action[];
export const isAction = (name: unknown): name is Action => typeof name === 'string' && Object.hasOwn(steps, name);
