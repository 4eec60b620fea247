// 动态口令 and recovery codes.
import { and, eq, isNull, lt } from 'drizzle-orm';
import type { Reader, Tx } from './connect.ts';
import { recoveryCode, totp } from './schema.ts';

export type TotpRow = typeof totp.$inferSelect;

export async function findTotp(db: Reader, userCode: string): Promise<TotpRow | null> {
  const [row] = await db.select().from(totp).where(eq(totp.userCode, userCode));
  return row ?? null;
}

/** A secret that waits to be confirmed; one that is in force stays as it is. */
export async function beginTotp(tx: Tx, userCode: string, secretCipher: string): Promise<void> {
  await tx
    .insert(totp)
    .values({ userCode, secretCipher })
    .onConflictDoUpdate({ target: totp.userCode, set: { secretCipher, lastStep: 0 }, setWhere: isNull(totp.confirmedAt) });
}

/** Uses a time step up: false when this one, or a later one, was used before. */
export async function useStep(tx: Tx, userCode: string, step: number): Promise<boolean> {
  const rows = await tx
    .update(totp)
    .set({ lastStep: step })
    .where(and(eq(totp.userCode, userCode), lt(totp.lastStep, step)))
    .returning({ code: totp.userCode });
  return rows.length === 1;
}

/** In force from now on, with these recovery codes (hashes). */
export async function confirmTotp(tx: Tx, userCode: string, codeHashes: readonly string[]): Promise<void> {
  await tx.update(totp).set({ confirmedAt: new Date() }).where(eq(totp.userCode, userCode));
  await tx.delete(recoveryCode).where(eq(recoveryCode.userCode, userCode));
  await tx.insert(recoveryCode).values(codeHashes.map((codeHash) => ({ userCode, codeHash })));
}

export async function removeTotp(tx: Tx, userCode: string): Promise<void> {
  await tx.delete(recoveryCode).where(eq(recoveryCode.userCode, userCode));
  await tx.delete(totp).where(eq(totp.userCode, userCode));
}

/** Uses a recovery code up; false when there is none like it left. */
export async function useRecoveryCode(tx: Tx, userCode: string, codeHash: string): Promise<boolean> {
  const rows = await tx
    .update(recoveryCode)
    .set({ usedAt: new Date() })
    .where(and(eq(recoveryCode.userCode, userCode), eq(recoveryCode.codeHash, codeHash), isNull(recoveryCode.usedAt)))
    .returning({ code: recoveryCode.userCode });
  return rows.length === 1;
}

export async function recoveryCodesLeft(db: Reader, userCode: string): Promise<number> {
  return (
    await db
      .select({ code: recoveryCode.codeHash })
      .from(recoveryCode)
      .where(and(eq(recoveryCode.userCode, userCode), isNull(recoveryCode.usedAt)))
  ).length;
}
