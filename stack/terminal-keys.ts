// Keys of terminals: made here, kept encrypted under TERMINAL_KEY_SECRET, known to pages by their check value only.
import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { seal, unseal } from './sealing.ts';

const PURPOSE = 'terminal keys';

/** A key is 32 bytes; its check value is the first three bytes of its SHA-256, as six hex digits. */
export function makeKey(secret: string, terminalNo: string): { keyCipher: string; keyCheck: string } {
  const key = randomBytes(32);
  return { keyCipher: seal(secret, PURPOSE, terminalNo, key), keyCheck: createHash('sha256').update(key).digest('hex').slice(0, 6).toUpperCase() };
}

/** The key of a terminal as hex; throws when it was sealed for another terminal or under another secret. */
export const openKey = (secret: string, terminalNo: string, keyCipher: string): string => unseal(secret, PURPOSE, terminalNo, keyCipher).toString('hex');

const WORKING = 'working keys';

/** A working key as it is kept, and as the terminal gets it under its master key (see `openUnderMaster`). */
export function makeWorkingKey(secret: string, terminalNo: string, master: KeyObject): { cipher: string; underMaster: string } {
  const key = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', master, nonce).setAAD(Buffer.from(terminalNo));
  const underMaster = Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
  return { cipher: seal(secret, WORKING, terminalNo, key), underMaster };
}
export const openWorkingKey = (secret: string, terminalNo: string, cipher: string): Buffer => unseal(secret, WORKING, terminalNo, cipher);

/** What a terminal does with the key it was given at sign-on; throws when another terminal or another master key was meant. */
export function openUnderMaster(master: Buffer, terminalNo: string, given: string): Buffer {
  const bytes = Buffer.from(given, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12)).setAAD(Buffer.from(terminalNo)).setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}

/** Hashes card numbers so that the same card is seen again and no number can be read back without the secret. */
export function cardHasher(secret: string): (cardNo: string) => string {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'card numbers', 32)));
  return (cardNo) => createHmac('sha256', key).update(cardNo).digest('base64url').slice(0, 22);
}
