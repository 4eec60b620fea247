// 商户冻结: acts at submission, confirmed afterwards (事后复核).
import type { MerchantActivities } from '../activities/merchants.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<MerchantActivities>();

export function merchantFreeze(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** 冻结 at once: its terminals are refused from the next message on. */
    atSubmission: steps.freezeMerchant,
    /** The freeze stands. */
    whenApproved: steps.confirmFreeze,
    /** Refused, withdrawn or expired: 正常 again. */
    otherwise: saves.liftFreeze,
  });
}
