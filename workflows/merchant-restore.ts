// 商户恢复: a frozen merchant does business again once a reviewer agrees.
import type { MerchantActivities } from '../activities/merchants.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<MerchantActivities>();

export function merchantRestore(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    atSubmission: steps.submitRestore,
    /** 正常 again. */
    whenApproved: steps.restoreMerchant,
    otherwise: saves.saveRestore,
  });
}
