// Nonces of terminals' messages: each counts once for as long as the time in its message is accepted.
import type postgres from 'postgres';
import type { Db } from './connect.ts';

/** False when it was used before. */
export async function takeNonce(
  tx: postgres.TransactionSql,
  { sentMs, terminalNo, nonce }: { sentMs: number; terminalNo: string; nonce: string },
): Promise<boolean> {
  const [row] = await tx<{ fresh: boolean }[]>`select take_nonce(${sentMs}, ${terminalNo}, ${nonce}) as fresh`;
  return row?.fresh === true;
}

/** Forgets nonces whose messages, sent before this (epoch ms), would not be taken any more. */
export async function forgetNonces(db: Db, before: number): Promise<void> {
  await db.$client`select forget_nonces(${before})`;
}
