// 影像资料: streamed to disk outside the web root, its type told by its content, kept under its SHA-256.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileTypeFromBuffer } from 'file-type';
import { addAttachment, attachmentsOf, findAttachment, removeAttachment } from '../../db/attachments.ts';
import { audit } from '../../db/audit.ts';
import type { Reader } from '../../db/connect.ts';
import { type DraftRow, findDraft, isHeld, lockDraft } from '../../db/drafts.ts';
import { findRequest } from '../../db/requests.ts';
import { isKind, kindRule } from '../../workflows/rules/kinds.ts';
import { forbidden, HttpError, notFound, page, param, type Route, type SignedInCtx, see } from '../http.ts';
import { maySee } from '../requests/page.ts';
import type { Text } from '../text/index.ts';
import { paths } from '../ui/paths.ts';
import { readUpload } from '../upload.ts';
import type { DraftForm } from './form.ts';
import { formPage } from './views.ts';

export const attachmentRoutes: Route[] = [
  { method: 'GET', path: '/attachments/:id', right: 'signedIn', handle: download },
  { method: 'POST', path: '/attachments/:id/removal', right: 'signedIn', handle: remove },
];

/** Where files of a kind's drafts are uploaded; none when nothing can be attached. */
export const uploadRoutes = (rule: DraftForm): Route[] =>
  rule.files
    ? [
        {
          method: 'POST',
          path: `${paths.drafts(rule.kind)}/:no/attachments`,
          right: [kindRule(rule.kind).submitRight],
          multipart: true,
          handle: (ctx: SignedInCtx) => upload(ctx, rule),
        },
      ]
    : [];

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_FILES = 20;
const accepted = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'];

interface Received {
  part: string;
  fileName: string;
  bytes: Buffer;
  tooLarge: boolean;
}

async function upload(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const requestNo = param(ctx, 'no');
  const draft = await findDraft(ctx.db, requestNo);
  if (draft?.kind !== rule.kind) throw notFound();
  await assertWritable(ctx, ctx.db, draft);
  const received = await receive(ctx).catch(() => null);
  const type = received && !received.tooLarge ? await fileTypeFromBuffer(received.bytes) : undefined;
  const fault = await faultOf(ctx, requestNo, received, type?.mime);
  if (fault || !received || !type) return refuse(ctx, rule, requestNo, fault ?? ctx.text.opening.fileMissing);
  const sha256 = createHash('sha256').update(received.bytes).digest('hex');
  await keep(ctx, sha256, received.bytes);
  const part = rule.files?.find((one) => one === received.part) ?? 'other';
  const row = {
    id: randomUUID(),
    requestNo,
    part,
    fileName: received.fileName,
    mime: type.mime,
    bytes: received.bytes.length,
    sha256,
    uploadedBy: ctx.user.code,
    at: new Date(),
  };
  await ctx.db.transaction(async (tx) => {
    await assertWritable(ctx, tx, await lockDraft(tx, requestNo));
    if (await isFull(tx, requestNo)) throw new HttpError(422, (text) => text.opening.fileMany);
    await addAttachment(tx, row);
    await audit(tx, { by: ctx.user, action: 'attachment.added', object: requestNo, detail: { part, sha256 }, address: ctx.address });
  });
  see(ctx, `${paths.draft(rule.kind, requestNo)}#f-businessLicense`);
}

async function faultOf(ctx: SignedInCtx, requestNo: string, received: Received | null, mime: string | undefined): Promise<string | null> {
  const words: Text['opening'] = ctx.text.opening;
  if (received?.tooLarge) return words.fileLarge;
  if (!received || received.bytes.length === 0) return words.fileMissing;
  if (!mime || !accepted.includes(mime)) return words.fileWrong;
  return (await isFull(ctx.db, requestNo)) ? words.fileMany : null;
}

const isFull = async (db: Reader, requestNo: string) => (await attachmentsOf(db, requestNo)).length >= MAX_FILES;

async function refuse(ctx: SignedInCtx, rule: DraftForm, requestNo: string, fileFault: string): Promise<void> {
  const draft = await findDraft(ctx.db, requestNo);
  if (draft?.kind !== rule.kind) throw notFound();
  const amending = (await findRequest(ctx.db, requestNo)) !== null;
  page(ctx, await formPage(ctx, rule, { draft, form: rule.read(draft.data, draft.data), reasons: draft.reasons, checked: null, amending, fileFault }), 422);
}

/** Only its maker, and only while the form is open to them and no submission is under way. Reads with `db`: whoever holds the draft's lock must not wait for another connection. */
async function assertWritable(ctx: SignedInCtx, db: Reader, draft: DraftRow | null): Promise<void> {
  if (draft?.makerCode !== ctx.user.code) throw notFound();
  const row = await findRequest(db, draft.requestNo);
  if (row ? row.state !== 'returned' : draft.acceptedAt) throw new HttpError(409, (text) => text.opening.gone);
  if (isHeld(draft, Date.now())) throw new HttpError(409, (text) => text.opening.held);
}

/** The one file of the form, or null; what is over the limit is dropped while it streams. */
async function receive(ctx: SignedInCtx): Promise<Received | null> {
  const chunks: Buffer[] = [];
  const { field, fileName, tooLarge } = await readUpload(ctx.req, MAX_BYTES, async (stream) => {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  });
  return fileName === null ? null : { part: field('part'), fileName: fileName || 'file', bytes: Buffer.concat(chunks), tooLarge };
}

const folder = (ctx: SignedInCtx) => resolve(ctx.settings.DATA_DIR, 'attachments');

async function keep(ctx: SignedInCtx, sha256: string, bytes: Buffer): Promise<void> {
  const place = join(folder(ctx), sha256);
  if (existsSync(place)) return;
  await mkdir(folder(ctx), { recursive: true, mode: 0o700 });
  const half = `${place}.${randomUUID()}`;
  try {
    await writeFile(half, bytes, { mode: 0o600 });
    await rename(half, place);
  } finally {
    await rm(half, { force: true });
  }
}

async function download(ctx: SignedInCtx): Promise<void> {
  const row = await findAttachment(ctx.db, param(ctx, 'id'));
  if (!row) throw notFound();
  const request = await findRequest(ctx.db, row.requestNo);
  if (request ? !maySee(request.whole, ctx.user) : row.uploadedBy !== ctx.user.code) throw forbidden();
  const bytes = await readFile(join(folder(ctx), row.sha256)).catch(() => null);
  if (!bytes || createHash('sha256').update(bytes).digest('hex') !== row.sha256) throw notFound();
  await ctx.db.transaction((tx) =>
    audit(tx, { by: ctx.user, action: 'attachment.seen', object: row.requestNo, detail: { part: row.part, sha256: row.sha256 }, address: ctx.address }),
  );
  ctx.res
    .set({
      'Content-Type': row.mime,
      'Content-Disposition': `inline; filename*=UTF-8''${encodeURIComponent(row.fileName)}`,
      'Cache-Control': 'private, no-store',
    })
    .send(bytes);
}

async function remove(ctx: SignedInCtx): Promise<void> {
  const row = await findAttachment(ctx.db, param(ctx, 'id'));
  if (!row) throw notFound();
  await ctx.db.transaction(async (tx) => {
    await assertWritable(ctx, tx, await lockDraft(tx, row.requestNo));
    await removeAttachment(tx, row.id, row.requestNo);
    await audit(tx, {
      by: ctx.user,
      action: 'attachment.removed',
      object: row.requestNo,
      detail: { part: row.part, sha256: row.sha256 },
      address: ctx.address,
    });
  });
  const kind = (await findDraft(ctx.db, row.requestNo))?.kind ?? '';
  see(ctx, isKind(kind) ? `${paths.draft(kind, row.requestNo)}#f-businessLicense` : paths.home());
}
