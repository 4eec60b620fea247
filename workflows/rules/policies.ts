// 参数: what each parameter may be. Changed only by a request (policyChange); requests that are under way keep their plan.
import { alertRules, readAlertPolicy } from './alerts.ts';
import { isKind, kindRule } from './kinds.ts';
import { readTiers } from './tiers.ts';

/** Whether a value fits a parameter. Levels and tiers name groups in order; times are minutes. */
export function policyFits(key: string, value: string): boolean {
  const [, kind = ''] = /^plan\.(\w+)\.levels$/.exec(key) ?? [];
  if (kind !== '') return isKind(kind) && isLevels(value);
  if (key === 'plan.topUp.tiers') return readTiers(value) !== null;
  if (key.startsWith('time.')) return /^[1-9]\d{0,5}$/.test(value);
  if (key === 'acquirer.code') return /^\d{3}$/.test(value);
  if (key === 'duty.importAndReview' || key === 'totp.reviewers' || key === 'totp.administrators') return value === 'on' || value === 'off';
  if (key === 'totp.askAbove') return value === 'off' || /^[1-9]\d{0,14}$/.test(value);
  if (key === 'alert.dueHours') return /^[1-9]\d{0,2}$/.test(value);
  const rule = alertRules.find((one) => key === `alert.${one}`);
  if (rule) return value === 'off' || readAlertPolicy(rule, value) !== null;
  if (key === 'limit.hoursOnly' || key === 'refund.returnsFee') return value === 'on' || value === 'off';
  if (key.startsWith('limit.')) return value === 'off' || /^[1-9]\d{0,14}$/.test(value);
  if (key === 'refund.days' || key === 'terminal.keyMinutes') return /^[1-9]\d{0,3}$/.test(value);
  if (key === 'password.remindDays' || key === 'password.initialDays') return /^[1-9]\d{0,3}$/.test(value);
  return value.length > 0;
}

/** Groups that a parameter gives decisions to, and the right they need for it; none for other parameters. */
export function decidersOf(key: string, value: string): { groups: string[]; right: string } | null {
  const [, kind = ''] = /^plan\.(\w+)\.levels$/.exec(key) ?? [];
  if (isKind(kind)) return { groups: value.split(' '), right: kindRule(kind).reviewRight };
  if (key !== 'plan.topUp.tiers') return null;
  return { groups: [...new Set((readTiers(value) ?? []).flatMap((tier) => tier.groups))], right: kindRule('topUp').reviewRight };
}

function isLevels(value: string): boolean {
  const groups = value.split(' ');
  return groups.every((group) => /^[A-Za-z0-9]{2}$/.test(group)) && new Set(groups).size === groups.length;
}
