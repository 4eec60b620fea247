// Every refusal has a name; the page translates it (web/text).
export const refusals = [
  'own_request', 'not_your_level', 'duty_conflict', 'stale', 'already_decided', 'claimed_by_other', 'not_claimed', 'reason_missing', 'reason_too_long',
  'not_maker', 'not_now', 'not_eligible', 'urged_lately', 'text_missing', 'nothing_changed', 'forged_command', 'unknown_signal', 'cancel_not_allowed',
  'number_taken', 'merchant_changed', 'submission_failed', 'line_missing', 'line_unknown', 'line_taken', 'amount_differs', 'payer_differs', 'words_differ',
  'record_busy', 'merchant_not_active', 'merchant_not_frozen', 'merchant_frozen', 'quota_insufficient', 'quota_not_zero', 'requests_open', 'terminal_changed', 'terminal_not_active', 'serial_taken',
  'top_up_not_effective', 'top_up_voided', 'account_unknown', 'account_closed', 'day_closed', 'policy_unknown', 'policy_changed', 'batch_open',
  'access_changed', 'code_taken', 'own_rights', 'group_in_use', 'group_decides', 'last_administrators', 'module_in_use', 'code_needed', 'code_wrong',
] as const;
export type Refusal = (typeof refusals)[number];
export const isRefusal = (code: unknown): code is Refusal => (refusals as readonly unknown[]).includes(code);
