// 用户与权限变更: an administrator asks for a change of a user, a group or rights; another one decides, and only then it holds.
import type { AccessActivities } from '../activities/access.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<AccessActivities>();

export function accessChange(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** Refused at once when it could never hold: duties that may not meet, one's own rights, a group that decides. */
    atSubmission: steps.submitAccessChange,
    /** It holds from the next click of whoever it concerns. */
    whenApproved: steps.changeAccess,
    otherwise: saves.saveAccessChange,
  });
}
