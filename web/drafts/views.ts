// Pages of drafts, for every kind: the list, what 新增 opens, the form, the question before deleting.
import { randomUUID } from 'node:crypto';
import { type AttachmentRow, attachmentsOf } from '../../db/attachments.ts';
import type { DraftRow, OwnFilter, ownRequests } from '../../db/drafts.ts';
import { type Kind, kinds } from '../../workflows/rules/kinds.ts';
import { showFen } from '../../workflows/rules/money.ts';
import type { SignedInCtx } from '../http.ts';
import { twinCard } from '../requests/content.ts';
import { fill, word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { moment, notice, options, pager, stateTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import type { Checked } from './check.ts';
import { formField, savedAt } from './fields.ts';
import { type DraftForm, fieldsOf, type Shape, type Subject, shapesOf, type Typed } from './form.ts';

type OwnRow = Awaited<ReturnType<typeof ownRequests>>[number];
const ownStates = ['draft', 'submitted', 'returned', 'effective', 'rejected', 'withdrawn', 'expired'] as const;

export function listPage(ctx: SignedInCtx, rule: DraftForm, filter: OwnFilter, rows: readonly OwnRow[], next: string | undefined): Promise<Raw> {
  const { text } = ctx;
  const { kind } = rule;
  const keep = { state: filter.state, q: filter.q };
  const add = rule.subjects
    ? html`<a class="btn primary" href="${paths.newDraft(kind)}">${text.common.add}</a>`
    : html`<form method="post" action="${paths.drafts(kind)}" class="inline">${token(ctx)}<button class="btn primary">${text.common.add}</button></form>`;
  const states = ownStates.map((value) => ({ value, label: text.states[value] }));
  return layout(ctx, {
    title: text.kinds[kind],
    entry: kind,
    body: html`<div class="head"><h1>${text.kinds[kind]}</h1>${add}</div>
<form class="bar" method="get" action="${paths.drafts(kind)}" role="search"><input class="field" name="q" value="${filter.q ?? ''}" placeholder="${text.drafts.search}" aria-label="${text.drafts.search}" maxlength="60"><select class="field short" name="state" aria-label="${text.request.state}">${options(states, filter.state ?? '', `${text.request.state}: ${text.common.all}`)}</select><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${text.kinds[kind]}"><table class="t wide"><thead><tr><th>${text.request.no}</th><th>${text.fields.merchantNo}</th><th>${text.drafts.about}</th>${movesMoney(kind) && html`<th class="num">${text.bulk.amount}</th>`}<th>${text.request.state}</th><th>${text.inbox.at}</th><th>${text.audit.action}</th></tr></thead>
<tbody>${rows.map((row) => ownRow(ctx, rule, row))}</tbody></table>${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
${pager(text, filter.before ? paths.drafts(kind, keep) : null, next ? paths.drafts(kind, { ...keep, before: next }) : null)}`,
  });
}

/** Only such a request has an amount. */
const movesMoney = (kind: Kind): boolean => kinds[kind].reviewRight === 'topUpReview';

function ownRow(ctx: SignedInCtx, { kind }: DraftForm, { draft, state, submittedAt, title, amountFen, merchantNo }: OwnRow): Raw {
  const { text } = ctx;
  const no = draft.requestNo;
  const unsubmitted = state === null && draft.acceptedAt === null;
  const act = unsubmitted
    ? html`<form method="post" action="${paths.draft(kind, no, 'deletion')}" class="inline">${token(ctx)}<button class="link">${text.common.remove}</button></form>`
    : state === 'returned'
      ? html`<a href="${paths.draft(kind, no)}">${text.request.amend}</a>`
      : html`<a href="${paths.request(no)}">${text.common.detail}</a>`;
  return html`<tr><td><a class="mono" href="${unsubmitted ? paths.draft(kind, no) : paths.request(no)}">${no}</a></td><td class="mono">${merchantNo ?? draft.data.merchantNo}</td><td>${title ?? draft.data.merchantName ?? draft.data.policyKey ?? draft.data.subject}</td>${movesMoney(kind) && html`<td class="num">${amountFen === null ? draft.data.amount : showFen(amountFen)}</td>`}<td>${stateTag(text, state ?? (draft.acceptedAt ? 'accepted' : 'draft'))}</td><td>${moment(submittedAt ?? draft.savedAt)}</td><td>${act}</td></tr>`;
}

/** 新增 of a kind that is about something: choose it first. */
export function subjectsPage(ctx: SignedInCtx, rule: DraftForm, q: string, subjects: readonly Subject[], said?: Hole): Promise<Raw> {
  const { text } = ctx;
  const { kind } = rule;
  const title = text.kinds[kind];
  return layout(ctx, {
    title: `${title} · ${text.common.add}`,
    crumbs: [{ label: title, path: paths.drafts(kind) }, { label: text.common.add }],
    entry: kind,
    notice: said,
    body: html`<div class="head"><h1>${title} <small>${text.drafts.chooseOne}</small></h1></div><form class="bar" method="get" action="${paths.newDraft(kind)}" role="search"><input class="field" name="q" value="${q}" placeholder="${text.drafts.subjectSearch}" aria-label="${text.drafts.subjectSearch}" maxlength="60"><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${title}"><table class="t wide"><thead><tr>${rule.subjects?.heads(text).map((head) => html`<th>${head}</th>`)}<th>${text.audit.action}</th></tr></thead><tbody>${subjects.map((one) => html`<tr>${one.cells.map((cell) => html`<td>${cell}</td>`)}<td><form method="post" action="${paths.drafts(kind)}" class="inline"${rule.dialog && html` hx-post="${paths.drafts(kind)}" hx-target="#dialog" hx-swap="innerHTML"`}>${token(ctx)}<input type="hidden" name="subject" value="${one.id}"><button class="btn">${text.drafts.acts[kind]}</button></form>${one.more && html` <a href="${one.more.path}">${one.more.label}</a>`}</td></tr>`)}</tbody></table>${subjects.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>${rule.dialog && html`<dialog id="dialog" class="wide" aria-labelledby="dialog-title"></dialog>`}`,
  });
}

/** The form in a dialog over the list: what was typed is saved as on its own page, which shows whatever is wrong with it. */
export async function formDialog(ctx: SignedInCtx, rule: DraftForm, shown: FormShown): Promise<Raw> {
  const { requestNo } = shown.draft;
  const [shapes, above] = await Promise.all([shapesOf(ctx, rule, shown.form, false, requestNo), rule.above?.(ctx, shown.form)]);
  return html`<header class="dialog-head"><h2 id="dialog-title">${ctx.text.kinds[rule.kind]} <small class="mono">${requestNo}</small></h2><span id="saved" class="muted" role="status"></span><button class="btn" type="button" data-close>${ctx.text.common.back}</button></header>${above}${formItself(ctx, rule, shown, shapes)}${formActions(ctx, rule, shown)}`;
}

interface FormShown {
  draft: DraftRow;
  form: Typed;
  reasons: Typed;
  checked: Checked | null;
  amending: boolean;
  /** Shows the result of 提交前检查 above the form. */
  panel?: boolean;
  notice?: Hole;
  fileFault?: string;
}

export async function formPage(ctx: SignedInCtx, rule: DraftForm, shown: FormShown): Promise<Raw> {
  const { text } = ctx;
  const { kind } = rule;
  const { draft, checked, form, amending } = shown;
  const words = text.opening;
  const no = draft.requestNo;
  const [shapes, above, files] = await Promise.all([shapesOf(ctx, rule, form, amending, no), rule.above?.(ctx, form), attachmentsOf(ctx.db, no)]);
  const title = rule.title?.(text, form) ?? (amending ? words.amending : kind === 'merchantOpening' ? words.fresh : text.kinds[kind]);
  const fileFault = shown.fileFault ?? (checked?.faults.businessLicense && text.faults[checked.faults.businessLicense]);
  return layout(ctx, {
    title,
    crumbs: [{ label: text.kinds[kind], path: paths.drafts(kind) }, { label: no }],
    entry: kind,
    // Reloaded, or come back to, the answer to a posted form is the draft itself.
    ...(ctx.req.method === 'POST' ? { address: paths.draft(kind, no) } : {}),
    notice: shown.notice,
    body: html`<div class="head"><h1>${title} <small class="mono">${no}</small></h1><span class="grow"></span><span id="saved" class="muted" role="status">${draft.savedAt > draft.createdAt ? savedAt(text, draft.savedAt) : words.saving}</span></div>
<div class="page">${shown.panel && checked && [panel(ctx, checked), twinCard(text, checked.similar)]}${above}
${formItself(ctx, rule, shown, shapes)}
${rule.files && attachments(ctx, rule, no, files, fileFault)}${formActions(ctx, rule, shown)}</div>`,
  });
}

/** Enter in a field presses the first button of a form: 确定, not one that stands beside a field. */
const enterPresses = html`<button hidden></button>`;

/** The form; it saves itself while somebody types. */
function formItself(ctx: SignedInCtx, rule: DraftForm, shown: FormShown, shapes: Record<string, Shape>): Raw {
  const { kind } = rule;
  const { checked } = shown;
  const no = shown.draft.requestNo;
  return html`<form method="post" action="${paths.draft(kind, no, 'submission')}" id="opening" class="form" novalidate data-draft="${no}" hx-post="${paths.draft(kind, no, 'draft')}" hx-trigger="input delay:800ms" hx-target="#saved" hx-swap="innerHTML" hx-sync="this:queue last">${enterPresses}${token(ctx)}<input type="hidden" name="commandId" value="${randomUUID()}">
${checked && warnings(ctx, checked, shown.reasons)}${fieldsets(ctx, rule, shown, shapes)}</form>`;
}

/** Below everything that belongs to the draft, attachments too. */
function formActions({ text }: SignedInCtx, rule: DraftForm, { draft, form }: FormShown): Raw {
  const address = (act: 'check' | 'draft') => paths.draft(rule.kind, draft.requestNo, act);
  return html`<div class="actions"><button class="btn primary" form="opening">${rule.confirm?.(text, form) ?? text.common.confirm}</button><button class="btn" form="opening" formaction="${address('check')}">${text.opening.check}</button><button class="btn" form="opening" formaction="${address('draft')}">${text.common.save}</button><a class="btn" href="${paths.drafts(rule.kind)}">${text.common.back}</a></div>`;
}

function fieldsets(ctx: SignedInCtx, rule: DraftForm, { draft, form, checked }: FormShown, shapes: Record<string, Shape>): Hole {
  const fields = fieldsOf(rule, form);
  const one = (field: DraftForm['fields'][number]) =>
    formField(ctx.text, field, {
      kind: rule.kind,
      requestNo: draft.requestNo,
      value: form[field.key] ?? '',
      fault: checked?.faults[field.key],
      shape: shapes[field.key] ?? {},
    });
  const parts = rule.parts ?? [
    { key: 'all', label: () => rule.title?.(ctx.text, form) ?? ctx.text.kinds[rule.kind], fields: fields.map((field) => field.key) },
  ];
  return parts.map(
    (part) =>
      html`<fieldset class="card"><legend>${part.label(ctx.text)}</legend><div class="fields">${fields.filter((field) => part.fields.includes(field.key)).map(one)}</div></fieldset>`,
  );
}

function panel(ctx: SignedInCtx, checked: Checked): Raw {
  const { text } = ctx;
  const words = text.opening;
  const missing = Object.entries(checked.faults);
  const who = checked.deciders.map((one) => one.name).join(text.comma);
  if (checked.complete) {
    const levels =
      checked.levels.length > 1 && html` ${fill(text.drafts.levels, { levels: checked.levels.map((group) => word(checked.groupNames, group)).join(' → ') })};`;
    return notice(
      'good',
      html`<b>${words.complete}</b> ${who ? fill(words.who, { who }) : words.whoNobody};${levels}${fill(words.until, { due: wholeMoment(checked.due).slice(0, 16) })}`,
    );
  }
  return notice(
    'bad',
    html`<b>${fill(words.missing, { n: missing.length + checked.unconfirmed.length })}</b><ul class="faults">${missing.map(([key, fault]) => html`<li><a href="#f-${key}">${word(text.fields, key)}</a>: ${text.faults[fault]}</li>`)}${checked.unconfirmed.map((key) => html`<li><a href="#reason-${key}">${words.twinReason}</a>: ${word(text.request.warned, key)}</li>`)}</ul>`,
  );
}

/** Warnings that may be confirmed with a reason. */
function warnings(ctx: SignedInCtx, { warnings }: Checked, reasons: Typed): Hole {
  if (warnings.length === 0) return null;
  const words = ctx.text.opening;
  return html`<section class="card warned">${warnings.map(({ key, said }) => html`<div class="f wide"><label for="reason-${key}">${said}</label><div><input class="field" id="reason-${key}" name="reason-${key}" value="${reasons[key] ?? ''}" maxlength="200" placeholder="${words.twinReason}"><p class="msg${reasons[key] ? '' : ' bad'}">${reasons[key] ? '' : ctx.text.faults.reason_missing}</p></div></div>`)}</section>`;
}

/** Attachments have a form of their own, because a file travels in another encoding. */
function attachments(ctx: SignedInCtx, rule: DraftForm, no: string, files: readonly AttachmentRow[], fault?: string): Raw {
  const words = ctx.text.opening;
  const parts = (rule.files ?? []).map((part) => ({ value: part, label: word(words.parts2, part) }));
  return html`<section class="card" id="f-businessLicense"><h2>${ctx.text.request.attachments}</h2><ul class="files">${files.map((file) => html`<li><span class="tag">${word(words.parts2, file.part)}</span><a href="${paths.attachment(file.id)}">${file.fileName}</a><small>${Math.ceil(file.bytes / 1024)} KB</small><form method="post" action="${paths.attachment(file.id, 'removal')}" class="inline">${token(ctx)}<button class="link">${ctx.text.common.remove}</button></form></li>`)}</ul>
<form method="post" action="${paths.draft(rule.kind, no, 'attachments')}?_csrf=${ctx.csrf}" enctype="multipart/form-data" class="inline row">${token(ctx)}<select class="field short" name="part" aria-label="${ctx.text.request.attachments}">${options(parts, rule.files?.[0] ?? '')}</select><input type="file" name="file" aria-label="${words.upload}" accept="image/jpeg,image/png,image/webp,application/pdf" required><button class="btn">${words.upload}</button></form>
<p class="msg${fault ? ' bad' : ''}" id="m-businessLicense">${fault ?? words.uploadHint}</p></section>`;
}

export function deletePage(ctx: SignedInCtx, { kind }: DraftForm, draft: DraftRow, said?: Hole): Promise<Raw> {
  const words = ctx.text.opening;
  return layout(ctx, {
    title: words.delete,
    crumbs: [{ label: ctx.text.kinds[kind], path: paths.drafts(kind) }, { label: draft.requestNo }],
    entry: kind,
    notice: said,
    body: html`<div class="head"><h1>${words.delete} <small class="mono">${draft.requestNo}</small></h1></div><div class="page"><section class="card narrow"><p>${draft.data.merchantName || draft.requestNo}</p><p class="msg">${words.deleteConfirm}</p><form method="post" action="${paths.draft(kind, draft.requestNo, 'deletion')}" class="inline">${token(ctx)}<input type="hidden" name="sure" value="yes"><button class="btn danger">${ctx.text.common.confirm}</button> <a class="btn" href="${paths.drafts(kind)}">${ctx.text.common.back}</a></form></section></div>`,
  });
}
