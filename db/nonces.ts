// Nonces of terminals' messages: each counts once for as long as the time in its message is accepted.
import type postgres from 'postgres';
import type { Db } from './connect.ts';

export interface UsedNonce {
  sentMs: number;
  terminalNo: string;
  nonce: string;
}
export const nonceKey = ({ sentMs, terminalNo, nonce }: UsedNonce) => `${sentMs}/${terminalNo}/${nonce}`;

/** Those that were used for the first time, by their keys. */
export async function takeNonces(tx: postgres.TransactionSql, used: readonly UsedNonce[]): Promise<Set<string>> {
  const rows = await tx<{ key: string }[]>`
    insert into terminal_nonce (at_ms, terminal_no, nonce) select * from unnest(${used.map((one) => one.sentMs)}::bigint[], ${used.map((one) => one.terminalNo)}::text[], ${used.map((one) => one.nonce)}::text[])
    on conflict do nothing returning at_ms || '/' || terminal_no || '/' || nonce as key`;
  return new Set(rows.map(({ key }) => key));
}

/** Forgets nonces whose messages, sent before this (epoch ms), would not be taken any more. */
export async function forgetNonces(db: Db, before: number): Promise<void> {
  await db.$client`delete from terminal_nonce where at_ms < ${before}`;
}
