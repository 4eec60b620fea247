// 商户注销: only an empty merchant can leave; it stops at submission and is 已注销 with the approval.
import type { MerchantActivities } from '../activities/merchants.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<MerchantActivities>();

export function merchantCancellation(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** Refused while quota, requests or batches are open; else frozen at once. */
    atSubmission: steps.submitCancellation,
    /** 已注销: terminals, quota account and merchant together. The number stays reserved for ever. */
    whenApproved: steps.cancelMerchant,
    /** Refused, withdrawn or expired: 正常 again. */
    otherwise: saves.saveCancellation,
  });
}
