// 充值撤销: a top-up that should not have been, mirrored; what is spent already becomes 短款.
import type { TopUpActivities } from '../activities/top-ups.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<TopUpActivities>();

export function topUpVoid(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    atSubmission: steps.submitTopUpVoid,
    /** The bank line waits as 待确认来账 again. */
    whenApproved: steps.voidTopUp,
    otherwise: saves.saveTopUpVoid,
  });
}
