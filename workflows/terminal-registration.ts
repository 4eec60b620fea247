// 商户终端录入: one or several terminals of an active merchant.
import type { TerminalActivities } from '../activities/terminals.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<TerminalActivities>();

export function terminalRegistration(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** 待审核: each terminal has its number and its key. */
    atSubmission: steps.registerTerminals,
    /** 正常: they may do online business. */
    whenApproved: steps.activateTerminals,
    /** Came to nothing: rejected; the numbers are not given again. */
    otherwise: saves.saveRegistration,
  });
}
