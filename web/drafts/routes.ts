// Drafts of every kind: the list of one's own, 新增, the draft that saves itself, 提交前检查 and 确定.
import { removeAttachmentsOf } from '../../db/attachments.ts';
import { audit } from '../../db/audit.ts';
import { oneStatement, together } from '../../db/connect.ts';
import { type DraftRow, deleteDraft, findDraft, letGo, makeDraft, markAccepted, ownRequests, saveDraft, untouchedDraft } from '../../db/drafts.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { findRequest } from '../../db/requests.ts';
import { kindRule } from '../../workflows/rules/kinds.ts';
import { maskedFields } from '../../workflows/rules/merchant-form.ts';
import type { Submission } from '../../workflows/rules/request.ts';
import { commandIdOf, field, forbidden, HttpError, isFor, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { exists, send, settled, submit } from '../requests/commands.ts';
import { lookAhead, showRequest } from '../requests/show.ts';
import { html } from '../ui/html.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { type Checked, check } from './check.ts';
import { control, fieldMessage, savedAt } from './fields.ts';
import { type DraftForm, fieldsOf, shapesOf, type Typed } from './form.ts';
import { deletePage, formDialog, formPage, listPage, subjectsPage } from './views.ts';

/** The routes of one kind. */
export function draftRoutes(rule: DraftForm): Route[] {
  const right = [kindRule(rule.kind).submitRight];
  const base = paths.drafts(rule.kind);
  const get = (path: string, handle: (ctx: SignedInCtx, rule: DraftForm) => Promise<void>): Route => ({
    method: 'GET',
    path: `${base}${path}`,
    right,
    handle: (ctx: SignedInCtx) => handle(ctx, rule),
  });
  const post = (path: string, handle: (ctx: SignedInCtx, rule: DraftForm) => Promise<void>): Route => ({ ...get(path, handle), method: 'POST' }) as Route;
  return [
    get('', list),
    post('', add),
    ...(rule.subjects ? [get('/new', choose)] : []),
    get('/:no', show),
    post('/:no/draft', saveTyped),
    post('/:no/fields/:field', checkField),
    post('/:no/check', dryRun),
    post('/:no/submission', handIn),
    post('/:no/deletion', remove),
  ];
}

const PAGE = 50;
/** A worker that is at work has written a submission's rows by then. */
const SOON_MS = 60;
/** Forms that begin with a record's own data, of one person within an hour: more than anybody fills in, less than who copies the register. */
const MOST_FORMS = 600;

async function list(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const filter = {
    makerCode: ctx.user.code,
    kind: rule.kind,
    state: query(ctx, 'state', 20),
    q: query(ctx, 'q', 60).trim(),
    before: query(ctx, 'before', 20),
  };
  const rows = await ownRequests(ctx.db, filter, PAGE + 1);
  page(ctx, await listPage(ctx, rule, filter, rows.slice(0, PAGE), rows.length > PAGE ? rows[PAGE - 1]?.draft.requestNo : undefined));
}

async function choose(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const q = query(ctx, 'q', 60).trim();
  page(ctx, await subjectsPage(ctx, rule, q, (await rule.subjects?.list(ctx, q)) ?? []));
}

/** 新增: makes a draft with its number, about what was chosen, and opens it. */
async function add(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const subject = field(ctx.req.body, 'subject', 60);
  if (rule.subjects && subject === '') return see(ctx, paths.newDraft(rule.kind));
  const start = rule.subjects ? await rule.subjects.start(ctx, subject) : {};
  if (!start) return page(ctx, await subjectsPage(ctx, rule, '', (await rule.subjects?.list(ctx, '')) ?? [], notice('bad', ctx.text.faults.not_possible)), 422);
  const masked = Object.keys(start).filter((key) => maskedFields.includes(key) && start[key] !== '');
  if (masked.length > 0) {
    if (!ctx.user.rights.includes('reveal')) throw forbidden();
    if (!(await mayCall(ctx.db, `forms:${ctx.user.code}`, MOST_FORMS, 3_600_000))) throw new HttpError(429, (text) => text.signIn.tooMany);
  }
  const requestNo = await ctx.db.transaction(async (tx) => {
    const no = (await untouchedDraft(tx, rule.kind, ctx.user.code, start)) ?? (await makeDraft(tx, rule.kind, ctx.user.code, new Date(), start));
    // A form that begins with a record's own data shows them whole.
    if (masked.length > 0) await audit(tx, { by: ctx.user, action: 'reveal', object: subject, detail: { form: no }, address: ctx.address });
    return no;
  });
  if (!rule.dialog || !isFor(ctx, 'dialog')) return see(ctx, paths.draft(rule.kind, requestNo));
  const draft = await findDraft(ctx.db, requestNo);
  if (!draft) throw notFound();
  page(ctx, await formDialog(ctx, rule, { draft, form: rule.read(draft.data, draft.data), reasons: {}, checked: null, amending: false }));
}

/** The draft, if it may still be written: never submitted, or returned to its maker. */
async function openDraft(ctx: SignedInCtx, rule: DraftForm): Promise<{ draft: DraftRow; revision: number | null; submittedNo: string | null }> {
  const requestNo = param(ctx, 'no');
  const [draft, row] = await together(ctx.db, (db) => Promise.all([findDraft(db, requestNo), findRequest(db, requestNo)]));
  if (draft?.kind !== rule.kind || draft.makerCode !== ctx.user.code) throw notFound();
  const writable = row ? row.state === 'returned' : draft.acceptedAt === null;
  if (!writable) throw new HttpError(409, (text) => text.opening.gone);
  return { draft, revision: row?.revision ?? null, submittedNo: row?.merchantNo ?? null };
}

async function show(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const draft = await findDraft(ctx.db, param(ctx, 'no'));
  if (draft?.kind !== rule.kind || draft.makerCode !== ctx.user.code) throw notFound();
  const row = await findRequest(ctx.db, draft.requestNo);
  if (row ? row.state !== 'returned' : draft.acceptedAt) return see(ctx, paths.request(draft.requestNo));
  const form = rule.read(draft.data, draft.data);
  page(ctx, await formPage(ctx, rule, { draft, form, reasons: draft.reasons, checked: null, amending: row !== null }));
}

export interface Given {
  draft: DraftRow;
  revision: number | null;
  form: Typed;
  reasons: Typed;
}

/** A submission of this draft is under way: nothing may be changed until it is answered. */
class Held extends HttpError {
  constructor() {
    super(409, (text) => text.opening.held);
  }
}

/** What was typed, saved before anything else is done with it. */
export async function given(ctx: SignedInCtx, rule: DraftForm): Promise<Given> {
  const typed = await typedIn(ctx, rule);
  if (!(await keep(ctx, typed, false))) throw new Held();
  return { ...typed, draft: { ...typed.draft, savedAt: new Date() } };
}

/** Saves it; with `hold` it stays so until the submission is answered. False when another submission holds it. */
const keep = ({ db, user }: SignedInCtx, { draft, form, reasons }: Given, hold: boolean): Promise<boolean> =>
  oneStatement(db, (tx) => saveDraft(tx, draft.requestNo, user.code, { data: form, reasons }, hold));

async function typedIn(ctx: SignedInCtx, rule: DraftForm): Promise<Given> {
  const { draft, revision, submittedNo } = await openDraft(ctx, rule);
  const body = (ctx.req.body ?? {}) as Record<string, unknown>;
  const form = rule.read(body, draft.data);
  if (submittedNo) form.merchantNo = submittedNo;
  const reasons: Typed = {};
  for (const [key, about] of Object.entries(rule.warnedFields ?? {})) {
    // A form that does not ask keeps the reason that was given, while what it is about stays the same.
    const kept = form[about] === draft.data[about] ? draft.reasons[key] : undefined;
    const reason = `reason-${key}` in body ? field(body, `reason-${key}`, 200).trim() : kept;
    if (reason) reasons[key] = reason;
  }
  return { draft, revision, form, reasons };
}

async function saveTyped(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const { draft, form, reasons, revision } = await given(ctx, rule);
  if (ctx.req.get('HX-Request') === 'true') return page(ctx, savedAt(ctx.text, draft.savedAt));
  const said = notice('good', savedAt(ctx.text, draft.savedAt));
  page(ctx, await formPage(ctx, rule, { draft, form, reasons, checked: null, amending: revision !== null, notice: said }));
}

/** One field, when the user leaves it; with it come the fields that follow from it. */
async function checkField(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const key = param(ctx, 'field');
  const typed = await given(ctx, rule).catch(ifSubmitted);
  // 确定 was pressed in the same moment: the answer to that says what is wrong.
  if (!typed) return void ctx.res.status(204).end();
  const { draft, form, revision } = typed;
  const fields = fieldsOf(rule, form);
  const known = fields.find((one) => one.key === key);
  if (!known) throw notFound();
  const [checked, shapes] = await Promise.all([check(ctx, rule, draft.requestNo, form, {}), shapesOf(ctx, rule, form, revision !== null, draft.requestNo)]);
  const fault = form[key] === '' ? undefined : checked.faults[key];
  const { requestNo } = draft;
  const following = fields.filter((one) => one.fixed && key === 'amount');
  const others = following.map((one) =>
    control(ctx.text, one, { kind: rule.kind, requestNo, value: form[one.key] ?? '', fault: undefined, shape: shapes[one.key] ?? {} }, true),
  );
  page(ctx, html`${fieldMessage(ctx.text, known.key, fault, shapes[known.key]?.hint)}${others}`);
}

/** 提交前检查: a dry run that says what is missing, who can decide and by when. */
async function dryRun(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const { draft, form, reasons, revision } = await given(ctx, rule);
  const checked = await check(ctx, rule, draft.requestNo, form, reasons);
  page(ctx, await formPage(ctx, rule, { draft, form, reasons, checked, amending: revision !== null, panel: true }));
}

/** 确定: Temporal accepts the submission or the amendment. */
async function handIn(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const typed = await typedIn(ctx, rule);
  const { draft, form, reasons, revision } = typed;
  const { requestNo } = draft;
  const held = keep(ctx, typed, true);
  const [saved, checked] = await Promise.all([held, check(ctx, rule, requestNo, form, reasons, held)]);
  if (!saved) return whileHeld(ctx, rule, requestNo);
  draft.savedAt = new Date();
  const amending = revision !== null;
  const again = async (checked: Checked, status: number, words?: string) => {
    if (words !== ctx.text.request.uncertain) await oneStatement(ctx.db, (tx) => letGo(tx, requestNo));
    const said = words === undefined ? undefined : notice('bad', words);
    page(ctx, await formPage(ctx, rule, { draft, form, reasons, checked, amending, panel: true, notice: said }), status);
  };
  if (!checked.complete) return again(checked, 422);
  const faults = amending ? null : await oneStatement(ctx.db, async (tx) => (await rule.reserve?.(tx, form, requestNo)) ?? null);
  if (faults) return again({ ...checked, faults, complete: false }, 422);
  const content = { ...(await rule.content(ctx, form)), data: { ...form, ...(rule.files ? { attachments: checked.attachments } : {}) }, reasons };
  if (amending) {
    const commandId = commandIdOf(ctx, requestNo, 'amend', [revision, content]);
    const answer = await send(ctx, requestNo, 'amend', { commandId, requestNo, action: 'amend', actor: ctx.user, revision, reason: '', content }, ctx.address);
    if (answer.kind === 'unreachable' || answer.kind === 'uncertain') return again(checked, 503, ctx.text.request[answer.kind]);
    if (answer.kind !== 'recorded') await oneStatement(ctx.db, (tx) => letGo(tx, requestNo));
    return see(ctx, paths.request(requestNo, { command: commandId }));
  }
  const submission: Submission = { requestNo, kind: rule.kind, actor: ctx.user, ...content };
  const result = await submit(ctx, submission, `${ctx.text.kinds[rule.kind]} · ${requestNo}`);
  if (result === 'unreachable' || result === 'uncertain') return again(checked, 503, ctx.text.request[result]);
  const scripted = field(ctx.req.body, '_script', 3) === 'yes';
  const before = result === 'already';
  const ahead = scripted && !before ? lookAhead(ctx, requestNo, checked, submission.data) : undefined;
  // The worker marks the draft with its rows, and tells of them; when nothing was heard at once, it is marked here.
  if (!(await ctx.live.next(requestNo, SOON_MS))) await Promise.all([oneStatement(ctx.db, (tx) => markAccepted(tx, requestNo)), settled(ctx, requestNo)]);
  // A script puts the page's own address in place, so that a reload hands nothing in again; a browser without one is sent there.
  if (scripted) return showRequest(ctx, requestNo, { again: before, address: paths.request(requestNo), ahead });
  see(ctx, paths.request(requestNo, before ? { first: 1 } : {}));
}

function ifSubmitted(error: unknown): null {
  if (error instanceof HttpError && error.status === 409) return null;
  throw error;
}

/** A second click, or the same one resent: it waits for the first and shows what came of it, or goes ahead when that one never arrived. */
async function whileHeld(ctx: SignedInCtx, rule: DraftForm, requestNo: string): Promise<void> {
  const accepted = (await settled(ctx, requestNo)) || (await exists(ctx, requestNo));
  if (accepted === null) throw new Held();
  if (!accepted) {
    await oneStatement(ctx.db, (tx) => letGo(tx, requestNo));
    return handIn(ctx, rule);
  }
  await oneStatement(ctx.db, (tx) => markAccepted(tx, requestNo));
  see(ctx, paths.request(requestNo));
}

/** 删除, only of a draft that was never submitted; asked twice, as the manual has it. */
async function remove(ctx: SignedInCtx, rule: DraftForm): Promise<void> {
  const { draft, revision } = await openDraft(ctx, rule);
  const { requestNo } = draft;
  if (revision !== null) throw new HttpError(409, (text) => text.opening.gone);
  if (field(ctx.req.body, 'sure', 3) !== 'yes') return page(ctx, await deletePage(ctx, rule, draft));
  const there = await exists(ctx, requestNo);
  if (there === null) return page(ctx, await deletePage(ctx, rule, draft, notice('bad', html`${ctx.text.request.unreachable}`)), 503);
  if (there) throw new HttpError(409, (text) => text.opening.gone);
  await ctx.db.transaction(async (tx) => {
    // A submission came first.
    if (!(await deleteDraft(tx, requestNo, ctx.user.code))) throw new HttpError(409, (text) => text.opening.gone);
    await rule.dropped?.(tx, requestNo);
    await removeAttachmentsOf(tx, requestNo);
    await audit(tx, { by: ctx.user, action: 'draft.deleted', object: requestNo, address: ctx.address });
  });
  see(ctx, paths.drafts(rule.kind));
}
