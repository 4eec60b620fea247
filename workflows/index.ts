// The contract of this folder with the worker: every workflow, by the name of its kind.
export { accessChange } from './access-change.ts';
export { adjustment } from './adjustment.ts';
export { dayEnd } from './day-end.ts';
export { lineReturn } from './line-return.ts';
export { merchantCancellation } from './merchant-cancellation.ts';
export { merchantChange } from './merchant-change.ts';
export { merchantFreeze } from './merchant-freeze.ts';
export { merchantOpening } from './merchant-opening.ts';
export { merchantRestore } from './merchant-restore.ts';
export { policyChange } from './policy-change.ts';
export { quotaRefund } from './quota-refund.ts';
export { reportExport } from './report-export.ts';
export { riskAlert } from './risk-alert.ts';
export { terminalCancellation } from './terminal-cancellation.ts';
export { terminalChange } from './terminal-change.ts';
export { terminalRegistration } from './terminal-registration.ts';
export { topUp } from './top-up.ts';
export { topUpVoid } from './top-up-void.ts';

// Temporal keeps the stack of each promise of a workflow, for its stack query; with ten frames each that was a third of what a workflow costs its worker.
// One frame is left: the line that threw.
Error.stackTraceLimit = 1;
