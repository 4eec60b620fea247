// 调账: an entry that corrects the books, decided by finance and 主管.
import type { AdjustmentActivities } from '../activities/adjustments.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<AdjustmentActivities>();

export function adjustment(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    atSubmission: steps.submitAdjustment,
    /** The entry; refused when a merchant's account does not cover it. */
    whenApproved: steps.adjust,
    otherwise: saves.saveAdjustment,
  });
}
