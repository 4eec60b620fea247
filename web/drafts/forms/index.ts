// The form of every kind of request.
import type { Kind } from '../../../workflows/rules/kinds.ts';
import type { DraftForm } from '../form.ts';
import { accessForm } from './access.ts';
import { cancellationForm, changeForm, freezeForm, restoreForm } from './merchants.ts';
import { adjustmentForm, lineReturnForm, quotaRefundForm, topUpForm, topUpVoidForm } from './money.ts';
import { openingForm } from './opening.ts';
import { policyForm } from './policy.ts';
import { registrationForm, terminalCancellationForm, terminalChangeForm } from './terminals.ts';

export const forms: Record<Kind, DraftForm> = {
  merchantOpening: openingForm,
  merchantChange: changeForm,
  merchantFreeze: freezeForm,
  merchantRestore: restoreForm,
  merchantCancellation: cancellationForm,
  terminalRegistration: registrationForm,
  terminalChange: terminalChangeForm,
  terminalCancellation: terminalCancellationForm,
  topUp: topUpForm,
  topUpVoid: topUpVoidForm,
  quotaRefund: quotaRefundForm,
  lineReturn: lineReturnForm,
  adjustment: adjustmentForm,
  policyChange: policyForm,
  accessChange: accessForm,
};
