// What parameters say about signing in; read anew every few seconds.
import type { Db } from '../../db/connect.ts';
import { policies } from '../../db/reference.ts';
import { kindNames, kindRule } from '../../workflows/rules/kinds.ts';

export interface SignInPolicy {
  reviewers: boolean;
  administrators: boolean;
  /** An approval of at least this much asks for a code again, fen; null: none does. */
  askAboveFen: number | null;
  remindDays: number;
  /** An initial password that was not changed for so long opens nothing any more. */
  initialDays: number;
}

let kept: { at: number; db: Db; policy: SignInPolicy } | null = null;

export async function signInPolicy(db: Db): Promise<SignInPolicy> {
  if (kept && kept.db === db && Date.now() - kept.at < 2000) return kept.policy;
  const rows = new Map((await policies(db)).map((row) => [row.key, row.value]));
  const above = rows.get('totp.askAbove') ?? 'off';
  const policy = {
    reviewers: rows.get('totp.reviewers') === 'on',
    administrators: rows.get('totp.administrators') === 'on',
    askAboveFen: above === 'off' ? null : Number(above),
    remindDays: Number(rows.get('password.remindDays') ?? 90),
    initialDays: Number(rows.get('password.initialDays') ?? 7),
  };
  kept = { at: Date.now(), db, policy };
  return policy;
}

const reviews = new Set<string>(kindNames.map((kind) => kindRule(kind).reviewRight));

/** Whether somebody with these rights must have one-time codes. */
export function needsCodes(policy: SignInPolicy, rights: readonly string[]): boolean {
  const reviewer = rights.some((right) => reviews.has(right));
  return (policy.reviewers && reviewer) || (policy.administrators && rights.includes('userManagement'));
}

/** Whether approving this asks for a one-time code again. */
export const asksCode = ({ askAboveFen }: SignInPolicy, { amountFen }: { amountFen: number | null }): boolean =>
  askAboveFen !== null && amountFen !== null && amountFen >= askAboveFen;
