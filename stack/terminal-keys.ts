// Keys of terminals: made here, kept encrypted under TERMINAL_KEY_SECRET, known to pages by their check value only.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** A key is 32 bytes; its check value is the first three bytes of its SHA-256, as six hex digits. */
export function makeKey(secret: string, terminalNo: string): { keyCipher: string; keyCheck: string } {
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', wrapping(secret), iv).setAAD(Buffer.from(terminalNo));
  const sealed = Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return { keyCipher: sealed.toString('base64'), keyCheck: createHash('sha256').update(key).digest('hex').slice(0, 6).toUpperCase() };
}

/** The key of a terminal as hex; throws when it was sealed for another terminal or under another secret. */
export function openKey(secret: string, terminalNo: string, keyCipher: string): string {
  const sealed = Buffer.from(keyCipher, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', wrapping(secret), sealed.subarray(0, 12)).setAAD(Buffer.from(terminalNo)).setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('hex');
}

const wrapping = (secret: string) => Buffer.from(hkdfSync('sha256', secret, '', 'terminal keys', 32));
