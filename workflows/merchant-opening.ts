// 商户开户: a clerk submits a merchant, reviewers decide, and only then the merchant may do business.
import type { OpeningActivities } from '../activities/merchant-opening.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<OpeningActivities>();

export function merchantOpening(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** 待审核: the number is reserved and the record written as pending. */
    atSubmission: steps.submitOpening,
    /** 正常: the merchant is active and its quota account open. Nothing else makes a merchant active. */
    whenApproved: steps.openMerchant,
    /** An opening that came to nothing leaves its record as rejected. */
    otherwise: saves.saveOpening,
  });
}
