// What a chosen password must be: long, not easily guessed, not one of the last four.
import { verify } from '@node-rs/argon2';
import { lastPasswords } from '../../db/passwords.ts';
import type { UserRow } from '../../db/users.ts';
import type { Ctx } from '../http.ts';

export const MIN_PASSWORD = 12;
export type PasswordFault = 'short' | 'weak' | 'used';

/** Guesses are estimated with common passwords, names, sequences and this user's own code (zxcvbn); the lists are read when somebody first chooses a password. */
async function guessable(password: string, own: readonly string[]): Promise<boolean> {
  const [{ ZxcvbnFactory }, common] = await Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]);
  estimator ??= new ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
  return estimator.check(password.slice(0, 100), [...own]).score < 3;
}
let estimator: { check(password: string, own: string[]): { score: number } } | null = null;

/** Null when it may be chosen. */
export async function passwordFault({ db }: Pick<Ctx, 'db'>, user: UserRow, password: string): Promise<PasswordFault | null> {
  if ([...password].length < MIN_PASSWORD) return 'short';
  const plain = password.toLowerCase();
  if (plain.includes(user.code.toLowerCase()) || plain.includes('888888')) return 'weak';
  if (await guessable(password, [user.code, user.name, 'zhangfang', 'zhangfu', 'shanghu', 'mima'])) return 'weak';
  for (const hash of [user.passwordHash, ...(await lastPasswords(db, user.code))]) if (await verify(hash, password)) return 'used';
  return null;
}
