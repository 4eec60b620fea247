// The payload codec: what we wrote comes back, anything else becomes a Forged value and never an exception.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { EncryptionCodec, isForged } from '../../stack/codec.ts';

const key = (n: number) => Buffer.alloc(32, n).toString('base64');
const codec = new EncryptionCodec(`k2:${key(2)},k1:${key(1)}`);
const old = new EncryptionCodec(`k1:${key(1)}`);
const value = { 商户: '沈阳和泰', fen: 10_700_053 };
const read = async (payload: Payload | undefined, by = codec) => {
  const [plain] = await by.decode(payload ? [payload] : []);
  return defaultPayloadConverter.fromPayload<unknown>(plain ?? {});
};

test('a value comes back, nothing of it can be read on the way, and two seals differ', async () => {
  const plain = defaultPayloadConverter.toPayload(value);
  const [one] = await codec.encode([plain]);
  const [two] = await codec.encode([plain]);
  assert.deepEqual(await read(one), value);
  assert.ok(!Buffer.from(one?.data ?? []).includes('沈阳'));
  assert.notDeepEqual(one?.data, two?.data);
});

test('keys rotate: an old key still opens, the first one seals', async () => {
  const [sealed] = await old.encode([defaultPayloadConverter.toPayload(value)]);
  assert.deepEqual(await read(sealed), value);
  const [fresh] = await codec.encode([defaultPayloadConverter.toPayload(value)]);
  assert.deepEqual(await read(fresh, old), { forged: 'unknown_key' });
});

test('plain, damaged and cut payloads are forged', async () => {
  const plain = defaultPayloadConverter.toPayload(value);
  assert.deepEqual(await read(plain), { forged: 'plain' });
  const [sealed] = await codec.encode([plain]);
  const data = Buffer.from(sealed?.data ?? []);
  for (let i = 0; i < data.length; i += 7) {
    const bent = Buffer.from(data);
    bent[i] = (bent[i] ?? 0) ^ 1;
    assert.ok(isForged(await read({ metadata: sealed?.metadata ?? null, data: bent })));
  }
  for (const length of [0, 5, 12, 27]) assert.ok(isForged(await read({ metadata: sealed?.metadata ?? null, data: data.subarray(0, length) })));
});

test('keys that are no keys are refused', () => {
  for (const keys of ['', 'k1', 'k1:abc', `:${key(1)}`]) assert.throws(() => new EncryptionCodec(keys));
});
