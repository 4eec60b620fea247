// 来账退回: money that belongs to no merchant goes back to whoever paid it.
import type { RefundActivities } from '../activities/refunds.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<RefundActivities>();

export function lineReturn(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** The line is kept for it, so that no top-up can take it. */
    atSubmission: steps.reserveReturn,
    /** Owed to the payer, once. */
    whenApproved: steps.returnLine,
    otherwise: saves.freeReturn,
  });
}
