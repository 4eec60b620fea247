// 商户开户: the list of one's own, 新增, the draft that saves itself, 提交前检查 and 确定.
import { randomUUID } from 'node:crypto';
import { removeAttachmentsOf } from '../../db/attachments.ts';
import { audit } from '../../db/audit.ts';
import { type DraftRow, deleteDraft, findDraft, letGo, makeDraft, markAccepted, ownRequests, saveDraft } from '../../db/drafts.ts';
import { drawNumber, release, reserve } from '../../db/merchant-numbers.ts';
import { policyValue } from '../../db/reference.ts';
import { findRequest } from '../../db/requests.ts';
import { type MerchantForm, merchantFields, readMerchantForm } from '../../workflows/rules/merchant-form.ts';
import type { Submission } from '../../workflows/rules/request.ts';
import { field, HttpError, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { exists, send, settled, submit } from '../requests/commands.ts';
import { html } from '../ui/html.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { type Checked, check } from './check.ts';
import { fieldMessage, savedAt } from './fields.ts';
import { deletePage, formPage, listPage } from './views.ts';

const act = (path: string, handle: (ctx: SignedInCtx) => Promise<void>): Route => ({
  method: 'POST',
  path: `/merchant-openings/:no/${path}`,
  right: ['merchantOpening'],
  handle,
});

export const openingRoutes: Route[] = [
  { method: 'GET', path: '/merchant-openings', right: ['merchantOpening'], handle: list },
  { method: 'POST', path: '/merchant-openings', right: ['merchantOpening'], handle: add },
  { method: 'GET', path: '/merchant-openings/:no', right: ['merchantOpening'], handle: show },
  act('draft', saveTyped),
  act('fields/:field', checkField),
  act('number', draw),
  act('check', dryRun),
  act('submission', handIn),
  act('deletion', remove),
];

const PAGE = 50;

async function list(ctx: SignedInCtx): Promise<void> {
  const filter = {
    makerCode: ctx.user.code,
    kind: 'merchantOpening' as const,
    state: query(ctx, 'state', 20),
    q: query(ctx, 'q', 60).trim(),
    before: query(ctx, 'before', 20),
  };
  const rows = await ownRequests(ctx.db, filter, PAGE + 1);
  page(ctx, await listPage(ctx, filter, rows.slice(0, PAGE), rows.length > PAGE ? rows[PAGE - 1]?.draft.requestNo : undefined));
}

/** 新增: makes a draft with its number and opens it. */
async function add(ctx: SignedInCtx): Promise<void> {
  const requestNo = await ctx.db.transaction((tx) => makeDraft(tx, 'merchantOpening', ctx.user.code, new Date()));
  see(ctx, paths.opening(requestNo));
}

/** The draft, if it may still be written: never submitted, or returned to its maker. */
async function openDraft(ctx: SignedInCtx): Promise<{ draft: DraftRow; revision: number | null; submittedNo: string | null }> {
  const draft = await findDraft(ctx.db, param(ctx, 'no'));
  if (draft?.kind !== 'merchantOpening' || draft.makerCode !== ctx.user.code) throw notFound();
  const row = await findRequest(ctx.db, draft.requestNo);
  const writable = row ? row.state === 'returned' : draft.acceptedAt === null;
  if (!writable) throw new HttpError(409, (text) => text.opening.gone);
  return { draft, revision: row?.revision ?? null, submittedNo: row?.merchantNo ?? null };
}

async function show(ctx: SignedInCtx): Promise<void> {
  const draft = await findDraft(ctx.db, param(ctx, 'no'));
  if (draft?.kind !== 'merchantOpening' || draft.makerCode !== ctx.user.code) throw notFound();
  const row = await findRequest(ctx.db, draft.requestNo);
  if (row ? row.state !== 'returned' : draft.acceptedAt) return see(ctx, paths.request(draft.requestNo));
  page(ctx, await formPage(ctx, { draft, form: readMerchantForm(draft.data), reasons: draft.reasons, checked: null, amending: row !== null }));
}

interface Typed {
  draft: DraftRow;
  revision: number | null;
  form: MerchantForm;
  reasons: Record<string, string>;
}

/** A submission of this draft is under way: nothing may be changed until it is answered. */
class Held extends HttpError {
  constructor() {
    super(409, (text) => text.opening.held);
  }
}

/** What was typed, saved before anything else is done with it; with `hold` it stays so until the submission is answered. */
async function typed(ctx: SignedInCtx, hold = false): Promise<Typed> {
  const { draft, revision, submittedNo } = await openDraft(ctx);
  const body = (ctx.req.body ?? {}) as Record<string, unknown>;
  const form = readMerchantForm(body);
  if (submittedNo !== null) form.merchantNo = submittedNo;
  const reasons: Record<string, string> = {};
  for (const key of ['uscc', 'idCardNo', 'settlementAccountNo', 'organisation']) {
    const reason = field(body, `reason-${key}`, 200).trim();
    if (reason) reasons[key] = reason;
  }
  const saved = await ctx.db.transaction((tx) => saveDraft(tx, draft.requestNo, ctx.user.code, { data: form, reasons }, hold));
  if (!saved) throw new Held();
  return { draft: { ...draft, savedAt: new Date() }, revision, form, reasons };
}

async function saveTyped(ctx: SignedInCtx): Promise<void> {
  const { draft, form, reasons, revision } = await typed(ctx);
  if (ctx.req.get('HX-Request') === 'true') return page(ctx, savedAt(ctx.text, draft.savedAt));
  page(
    ctx,
    await formPage(ctx, { draft, form, reasons, checked: null, amending: revision !== null, notice: notice('good', savedAt(ctx.text, draft.savedAt)) }),
  );
}

/** One field, when the user leaves it. */
async function checkField(ctx: SignedInCtx): Promise<void> {
  const key = param(ctx, 'field');
  const known = merchantFields.find((one) => one.key === key);
  if (!known) throw notFound();
  const { draft, form } = await typed(ctx);
  const checked = await check(ctx, draft.requestNo, form, {});
  page(ctx, fieldMessage(ctx.text, known.key, form[known.key] === '' ? undefined : checked.faults[known.key]));
}

/** 自动生成: acquirer + area + MCC + the next number of that prefix. */
async function draw(ctx: SignedInCtx): Promise<void> {
  const { draft, form, reasons, revision } = await typed(ctx);
  const again = async (checked: Checked | null, status: number) =>
    page(ctx, await formPage(ctx, { draft, form, reasons, checked, amending: revision !== null }), status);
  const acquirer = (await policyValue(ctx.db, 'acquirer.code')) ?? '898';
  const basis = await check(ctx, draft.requestNo, form, {});
  const faults = Object.fromEntries((['areaCode', 'mcc'] as const).flatMap((key) => (basis.faults[key] ? [[key, basis.faults[key]] as const] : [])));
  if (Object.keys(faults).length > 0 || revision !== null) return again({ ...basis, faults }, 422);
  const drawn = await ctx.db.transaction((tx) => drawNumber(tx, `${acquirer}${form.areaCode}${form.mcc}`, draft.requestNo));
  if (drawn === null) return again({ ...basis, faults: { merchantNo: 'number_full' } }, 422);
  form.merchantNo = drawn;
  await ctx.db.transaction((tx) => saveDraft(tx, draft.requestNo, ctx.user.code, { data: form, reasons }));
  see(ctx, `${paths.opening(draft.requestNo)}#f-merchantNo`);
}

/** 提交前检查: a dry run that says what is missing, who can decide and by when. */
async function dryRun(ctx: SignedInCtx): Promise<void> {
  const { draft, form, reasons, revision } = await typed(ctx);
  const checked = await check(ctx, draft.requestNo, form, reasons);
  page(ctx, await formPage(ctx, { draft, form, reasons, checked, amending: revision !== null, panel: true }));
}

/** 确定: the number is reserved, and Temporal accepts the submission or the amendment. */
async function handIn(ctx: SignedInCtx): Promise<void> {
  const given = await typed(ctx, true).catch(ifHeld);
  if (!given) return whileHeld(ctx, param(ctx, 'no'));
  const { draft, form, reasons, revision } = given;
  const { requestNo } = draft;
  const amending = revision !== null;
  const again = async (checked: Checked, status: number, words?: string) => {
    if (words !== ctx.text.request.uncertain) await ctx.db.transaction((tx) => letGo(tx, requestNo));
    page(
      ctx,
      await formPage(ctx, { draft, form, reasons, checked, amending, panel: true, notice: words === undefined ? undefined : notice('bad', words) }),
      status,
    );
  };
  const checked = await check(ctx, requestNo, form, reasons);
  if (!checked.complete) return again(checked, 422);
  if (!amending && !(await ctx.db.transaction((tx) => reserve(tx, form.merchantNo, requestNo))))
    return again({ ...checked, faults: { merchantNo: 'number_taken' } }, 422);
  const content = { data: { ...form, attachments: checked.attachments }, title: form.merchantName, merchantNo: form.merchantNo, amountFen: null, reasons };
  if (amending) {
    const commandId = field(ctx.req.body, 'commandId', 100) || randomUUID();
    const answer = await send(ctx, requestNo, 'amend', { commandId, requestNo, action: 'amend', actor: ctx.user, revision, reason: '', content }, ctx.address);
    if (answer.kind === 'unreachable' || answer.kind === 'uncertain') return again(checked, 503, ctx.text.request[answer.kind]);
    if (answer.kind !== 'recorded') await ctx.db.transaction((tx) => letGo(tx, requestNo));
    return see(ctx, paths.request(requestNo, { command: commandId }));
  }
  const submission: Submission = { requestNo, kind: 'merchantOpening', actor: ctx.user, ...content };
  const result = await submit(ctx, submission, `${ctx.text.kinds.merchantOpening} · ${requestNo}`);
  if (result === 'unreachable' || result === 'uncertain') return again(checked, 503, ctx.text.request[result]);
  await ctx.db.transaction((tx) => markAccepted(tx, requestNo));
  await settled(ctx, requestNo);
  see(ctx, paths.request(requestNo, result === 'already' ? { first: 1 } : {}));
}

function ifHeld(error: unknown): null {
  if (error instanceof Held) return null;
  throw error;
}

/** A second click, or the same one resent: it waits for the first and shows what came of it, or goes ahead when that one never arrived. */
async function whileHeld(ctx: SignedInCtx, requestNo: string): Promise<void> {
  const accepted = (await settled(ctx, requestNo)) || (await exists(ctx, requestNo));
  if (accepted === null) throw new Held();
  if (!accepted) {
    await ctx.db.transaction((tx) => letGo(tx, requestNo));
    return handIn(ctx);
  }
  await ctx.db.transaction((tx) => markAccepted(tx, requestNo));
  see(ctx, paths.request(requestNo));
}

/** 删除, only of a draft that was never submitted; asked twice, as the manual has it. */
async function remove(ctx: SignedInCtx): Promise<void> {
  const { draft, revision } = await openDraft(ctx);
  const { requestNo } = draft;
  if (revision !== null) throw new HttpError(409, (text) => text.opening.gone);
  if (field(ctx.req.body, 'sure', 3) !== 'yes') return page(ctx, await deletePage(ctx, draft));
  const there = await exists(ctx, requestNo);
  if (there === null) return page(ctx, await deletePage(ctx, draft, notice('bad', html`${ctx.text.request.unreachable}`)), 503);
  if (there) throw new HttpError(409, (text) => text.opening.gone);
  await ctx.db.transaction(async (tx) => {
    if (!(await deleteDraft(tx, requestNo, ctx.user.code))) return;
    await release(tx, requestNo);
    await removeAttachmentsOf(tx, requestNo);
    await audit(tx, { by: ctx.user, action: 'draft.deleted', object: requestNo, address: ctx.address });
  });
  see(ctx, paths.openings());
}
