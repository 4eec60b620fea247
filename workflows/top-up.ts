// 商户充值: a remittance becomes quota once reviewers have found its bank line.
import type { TopUpActivities } from '../activities/top-ups.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<TopUpActivities>();

export function topUp(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** 待审核: the levels follow the amount and the day's other top-ups of the merchant. */
    atSubmission: steps.submitTopUp,
    /** 已入账: Dr 待确认来账 / Cr 商户额度 against exactly one bank line. */
    whenApproved: steps.topUp,
    /** The line that the first level named is kept for it, and freed when it goes back. */
    otherwise: saves.saveTopUp,
  });
}
