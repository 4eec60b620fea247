// Signatures of messages and answers: HMAC-SHA-256, in hex, over lines that say what is signed.
import { createHmac, hash, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Where messages go; part of what they sign. */
export const PREFIX = '/terminal/v1/';

const digest = (body: string | Buffer) => hash('sha256', body, 'hex');

export interface Signed {
  method: string;
  path: string;
  /** Epoch ms, as the terminal says. */
  timestamp: string;
  nonce: string;
  body: string | Buffer;
}

/** MAC of a message. */
export const macOf = (key: Buffer | KeyObject, { method, path, timestamp, nonce, body }: Signed): string =>
  createHmac('sha256', key)
    .update(`${method}\n${path}\n${timestamp}\n${nonce}\n${digest(body)}`)
    .digest('hex');

/** MAC of the answer to the message with this nonce. */
export const answerMac = (key: Buffer | KeyObject, nonce: string, body: string): string =>
  createHmac('sha256', key)
    .update(`${nonce}\n${digest(body)}`)
    .digest('hex');

/** In constant time; false for anything that is not a MAC. */
export function sameMac(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given, 'hex'), Buffer.from(expected, 'hex')];
  return a.length === b.length && timingSafeEqual(a, b);
}
