// 参数变更: tiers, levels and time limits. Requests that are under way keep the plan they were submitted with.
import type { AdjustmentActivities } from '../activities/adjustments.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<AdjustmentActivities>();

export function policyChange(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    atSubmission: steps.submitPolicyChange,
    /** The new value holds for what is submitted from now on. */
    whenApproved: steps.changePolicy,
    otherwise: saves.savePolicyChange,
  });
}
