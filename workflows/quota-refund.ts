// 额度退款: quota that the merchant wants back in money.
import type { RefundActivities } from '../activities/refunds.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<RefundActivities>();

export function quotaRefund(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** Frozen at once, so that no terminal can spend it meanwhile. */
    atSubmission: steps.freezeRefund,
    /** Owed to the merchant; paid when the bank line appears. */
    whenApproved: steps.oweRefund,
    /** Returned or over: available again. */
    otherwise: saves.releaseRefund,
  });
}
