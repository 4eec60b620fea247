// 动态口令: codes of an authenticator app (TOTP), each good once, or a recovery code.
import { createHash, randomInt } from 'node:crypto';
import { generateSecret, generateURI, verifySync } from 'otplib';
import type { Tx } from '../../db/connect.ts';
import { findTotp, useRecoveryCode, useStep } from '../../db/totp.ts';
import { seal, unseal } from '../../stack/sealing.ts';
import type { Ctx } from '../http.ts';

const PURPOSE = 'one-time codes';
type Secret = Pick<Ctx, 'settings'>;

export const newSecret = (): string => generateSecret();
export const sealSecret = ({ settings }: Secret, userCode: string, secret: string) =>
  seal(settings.TERMINAL_KEY_SECRET, PURPOSE, userCode, Buffer.from(secret));
export const openSecret = ({ settings }: Secret, userCode: string, cipher: string) =>
  unseal(settings.TERMINAL_KEY_SECRET, PURPOSE, userCode, cipher).toString();

/** What an authenticator app reads from the QR code. */
export const uriOf = (userCode: string, secret: string): string => generateURI({ issuer: 'Zhangfang', label: userCode, secret });

/** Whether what was typed is a code of now (one step of 30 s either way) or a recovery code, and was not used before; it is used up. */
export async function takeCode(ctx: Secret, tx: Tx, userCode: string, typed: string, confirmedOnly = true): Promise<boolean> {
  const row = await findTotp(tx, userCode);
  if (!row || (confirmedOnly && !row.confirmedAt)) return false;
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  if (/^\d{6}$/.test(code)) {
    const result = verifySync({ secret: openSecret(ctx, userCode, row.secretCipher), token: code, epochTolerance: 30 });
    return result.valid && 'timeStep' in result && useStep(tx, userCode, result.timeStep);
  }
  return confirmedOnly && /^[A-Z0-9]{10}$/.test(code) && useRecoveryCode(tx, userCode, hashOf(code));
}

const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

/** Ten recovery codes `XXXXX-XXXXX` of about 49 bits each, and their hashes. */
export function recoveryCodes(): { shown: string[]; hashes: string[] } {
  const codes = Array.from({ length: 10 }, () => Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join(''));
  return { shown: codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`), hashes: codes.map(hashOf) };
}
const hashOf = (code: string) => createHash('sha256').update(code).digest('hex');
