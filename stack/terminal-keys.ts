// Keys of terminals: made here, kept encrypted under TERMINAL_KEY_SECRET, known to pages by their check value only.
import { createHash, randomBytes } from 'node:crypto';
import { seal, unseal } from './sealing.ts';

const PURPOSE = 'terminal keys';

/** A key is 32 bytes; its check value is the first three bytes of its SHA-256, as six hex digits. */
export function makeKey(secret: string, terminalNo: string): { keyCipher: string; keyCheck: string } {
  const key = randomBytes(32);
  return { keyCipher: seal(secret, PURPOSE, terminalNo, key), keyCheck: createHash('sha256').update(key).digest('hex').slice(0, 6).toUpperCase() };
}

/** The key of a terminal as hex; throws when it was sealed for another terminal or under another secret. */
export const openKey = (secret: string, terminalNo: string, keyCipher: string): string => unseal(secret, PURPOSE, terminalNo, keyCipher).toString('hex');
