// 终端信息变更: where it stands, whom to call, what it may do.
import type { TerminalActivities } from '../activities/terminals.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<TerminalActivities>();

export function terminalChange(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    atSubmission: steps.submitTerminalChange,
    /** A new version; refused when another change came between. */
    whenApproved: steps.changeTerminal,
    otherwise: saves.saveTerminalChange,
  });
}
