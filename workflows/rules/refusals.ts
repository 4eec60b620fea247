// Every refusal has a name; the page translates it (web/text).
export const refusals = [
  'own_request', 'not_your_level', 'duty_conflict', 'stale', 'already_decided', 'claimed_by_other', 'not_claimed', 'reason_missing', 'reason_too_long',
  'not_maker', 'not_now', 'not_eligible', 'urged_lately', 'text_missing', 'nothing_changed', 'forged_command', 'unknown_signal', 'cancel_not_allowed',
  'number_taken', 'merchant_changed', 'submission_failed',
] as const;
export type Refusal = (typeof refusals)[number];
export const isRefusal = (code: unknown): code is Refusal => (refusals as readonly unknown[]).includes(code);
