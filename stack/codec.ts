// Payloads of workflows are encrypted with AES-256-GCM; the key id travels in the metadata so that keys can be rotated.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

const { temporal } = proto;
const encoding = Buffer.from('binary/encrypted');
const jsonPlain = Buffer.from('json/plain');
const NONCE_BYTES = 12;
const text = (bytes: Uint8Array | null | undefined) => (bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString() : '');

/** What stands in place of a payload that we did not write: a plain one, one of another key, or a damaged one. */
export interface Forged {
  forged: 'plain' | 'unknown_key' | 'damaged';
}

export function isForged(value: unknown): value is Forged {
  return typeof value === 'object' && value !== null && 'forged' in value;
}

function forged(why: Forged['forged']): Payload {
  return { metadata: { encoding: jsonPlain }, data: Buffer.from(JSON.stringify({ forged: why })) };
}

/** Reads `id:base64,id:base64`; each key is 32 bytes, the first one encrypts. */
export function readKeys(keys: string): Map<string, Buffer> {
  const read = new Map<string, Buffer>();
  for (const entry of keys.split(',')) {
    const [id, secret] = entry.trim().split(':');
    const key = Buffer.from(secret ?? '', 'base64');
    if (!id || key.length !== 32) throw new Error('PAYLOAD_KEYS: every entry is id:base64 of 32 bytes');
    read.set(id, key);
  }
  return read;
}

/** Random bytes for many nonces at once: asking for twelve costs as much as asking for thousands. */
let pool = Buffer.alloc(0);
function freshNonce(): Buffer {
  if (pool.length < NONCE_BYTES) pool = randomBytes(NONCE_BYTES * 340);
  const nonce = pool.subarray(0, NONCE_BYTES);
  pool = pool.subarray(NONCE_BYTES);
  return nonce;
}

/** Encodes every payload; decoding never throws, because a throwing decode would block a workflow for ever. */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: Map<string, Buffer>;
  readonly #id: string;

  constructor(keys: string) {
    this.#keys = readKeys(keys);
    this.#id = this.#keys.keys().next().value ?? '';
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#seal(payload));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#open(payload));
  }

  #seal(payload: Payload): Payload {
    const nonce = freshNonce();
    const cipher = createCipheriv('aes-256-gcm', this.#keys.get(this.#id) ?? Buffer.alloc(0), nonce);
    const plain = temporal.api.common.v1.Payload.encode(payload).finish();
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { encoding, 'encryption-key-id': Buffer.from(this.#id) }, data };
  }

  #open(payload: Payload): Payload {
    if (text(payload.metadata?.encoding) !== 'binary/encrypted') return forged('plain');
    const key = this.#keys.get(text(payload.metadata?.['encryption-key-id']));
    if (!key) return forged('unknown_key');
    try {
      const data = Buffer.from(payload.data ?? []);
      const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(data.subarray(-16));
      const plain = Buffer.concat([decipher.update(data.subarray(12, -16)), decipher.final()]);
      const { metadata, data: inner } = temporal.api.common.v1.Payload.decode(plain);
      return { metadata, data: inner };
    } catch {
      return forged('damaged');
    }
  }
}

/** For clients and workers alike; failures are encrypted too, since their messages may quote data. */
export function dataConverter(keys: string): DataConverter {
  const failureConverterPath = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url));
  return { payloadCodecs: [new EncryptionCodec(keys)], failureConverterPath };
}
