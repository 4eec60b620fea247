// 商户终端注销: off at submission, 已注销 with the approval.
import type { TerminalActivities } from '../activities/terminals.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<TerminalActivities>();

export function terminalCancellation(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** Off at once: its next message is answered 97. */
    atSubmission: steps.turnOffTerminals,
    /** 已注销; the number is never used again. */
    whenApproved: steps.cancelTerminals,
    /** Refused, withdrawn or expired: 正常 again. */
    otherwise: saves.turnOnTerminals,
  });
}
