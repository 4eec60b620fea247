// The codec endpoint that Temporal's UI and CLI ask for plain text: an auditor's session, the masking right, and every use in the audit log.
import express from 'express';
import { z } from 'zod';
import { audit } from '../../db/audit.ts';
import { EncryptionCodec } from '../../stack/codec.ts';
import { mask, maskedFields } from '../../workflows/rules/merchant-form.ts';
import { HttpError, type Route, type SignedInCtx } from '../http.ts';

export const codecRoutes: Route[] = [{ method: 'POST', path: '/codec/decode', right: ['auditLog'], temporalUi: true, handle: decode }];

const wire = z.object({ payloads: z.array(z.object({ metadata: z.record(z.string(), z.string()).default({}), data: z.string().default('') })).max(10_000) });

const readJson = express.json({ limit: '4mb' });

async function decode(ctx: SignedInCtx): Promise<void> {
  const { address } = ctx;
  if (!['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(address)) throw new HttpError(403, (text) => text.signIn.forbidden);
  await new Promise<void>((resolve, reject) => readJson(ctx.req, ctx.res, (error?: unknown) => (error ? reject(error) : resolve())));
  const given = wire.safeParse(ctx.req.body);
  if (!given.success) throw new HttpError(400, (text) => text.signIn.notFound);
  const payloads = given.data.payloads.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    data: Buffer.from(data, 'base64'),
  }));
  const decoded = await new EncryptionCodec(ctx.settings.PAYLOAD_KEYS).decode(payloads);
  await ctx.db.transaction((tx) => audit(tx, { by: ctx.user, action: 'codec.decode', object: `${payloads.length} payloads`, address }));
  const plain = ctx.user.rights.includes('reveal');
  const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
  const answer = decoded.map(({ metadata, data }) => ({
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)])),
    data: Buffer.from(plain ? Buffer.from(data ?? []) : masked(Buffer.from(data ?? []).toString())).toString('base64'),
  }));
  ctx.res.json({ payloads: answer });
}

/** A value, or before and after of a change. */
function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return mask(value);
  return Array.isArray(value) ? value.map((one) => (typeof one === 'string' ? mask(one) : one)) : value;
}

/** Masks the personal fields of a JSON text, wherever they stand. */
function masked(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json, (key, value: unknown) => (maskedFields.includes(key) ? maskedValue(value) : value)));
  } catch {
    return json;
  }
}
