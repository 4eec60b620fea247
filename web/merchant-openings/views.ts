// Pages of 商户开户: the list, the form, the question before deleting.
import { randomUUID } from 'node:crypto';
import { type AttachmentRow, attachmentsOf } from '../../db/attachments.ts';
import type { DraftRow, OwnFilter, ownRequests } from '../../db/drafts.ts';
import { areas, banks, mccs } from '../../db/reference.ts';
import { type MerchantForm, merchantFields, merchantParts } from '../../workflows/rules/merchant-form.ts';
import type { SignedInCtx } from '../http.ts';
import { twinCard } from '../requests/content.ts';
import { fill, word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { moment, notice, options, pager, stateTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import type { Checked } from './check.ts';
import { type Choices, formField, savedAt } from './fields.ts';

export const attachmentParts = ['businessLicense', 'accountPermit', 'idCard', 'shopPhoto', 'agreement', 'other'] as const;

export function listPage(ctx: SignedInCtx, filter: OwnFilter, rows: Awaited<ReturnType<typeof ownRequests>>, next: string | undefined): Promise<Raw> {
  const { text } = ctx;
  const words = text.opening;
  const keep = { state: filter.state, q: filter.q };
  const states = (['draft', 'submitted', 'returned', 'effective', 'rejected', 'withdrawn', 'expired'] as const).map((value) => ({
    value,
    label: text.states[value],
  }));
  return layout(ctx, {
    title: words.title,
    entry: 'merchantOpening',
    body: html`<div class="head"><h1>${words.title}</h1><form method="post" action="${paths.openings()}" class="inline">${token(ctx)}<button class="btn primary">${text.common.add}</button></form></div>
<form class="bar" method="get" action="${paths.openings()}" role="search"><input class="field" name="q" value="${filter.q ?? ''}" placeholder="${text.merchants.q}" aria-label="${text.merchants.q}" maxlength="60"><select class="field short" name="state" aria-label="${text.request.state}">${options(states, filter.state ?? '', `${text.request.state}: ${text.common.all}`)}</select><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${text.request.no}</th><th>${text.fields.merchantNo}</th><th>${text.fields.merchantName}</th><th>${text.request.state}</th><th>${text.inbox.at}</th><th>${text.audit.action}</th></tr></thead>
<tbody>${rows.map(
      ({
        draft,
        state,
        submittedAt,
        title,
      }) => html`<tr><td><a class="mono" href="${state === null && draft.acceptedAt === null ? paths.opening(draft.requestNo) : paths.request(draft.requestNo)}">${draft.requestNo}</a></td><td class="mono">${draft.data.merchantNo}</td><td>${title ?? draft.data.merchantName}</td><td>${stateTag(text, state ?? (draft.acceptedAt ? 'accepted' : 'draft'))}</td><td>${moment(submittedAt ?? draft.savedAt)}</td>
<td>${state === null && draft.acceptedAt === null ? html`<form method="post" action="${paths.opening(draft.requestNo, 'deletion')}" class="inline">${token(ctx)}<button class="link">${text.common.remove}</button></form>` : state === 'returned' ? html`<a href="${paths.opening(draft.requestNo)}">${text.request.amend}</a>` : html`<a href="${paths.request(draft.requestNo)}">${text.common.detail}</a>`}</td></tr>`,
    )}</tbody></table>${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
${pager(text, filter.before ? paths.openings(keep) : null, next ? paths.openings({ ...keep, before: next }) : null)}`,
  });
}

interface FormShown {
  draft: DraftRow;
  form: MerchantForm;
  reasons: Record<string, string>;
  checked: Checked | null;
  amending: boolean;
  /** Shows the result of 提交前检查 above the form. */
  panel?: boolean;
  notice?: Hole;
  fileFault?: string;
}

export async function formPage(ctx: SignedInCtx, shown: FormShown): Promise<Raw> {
  const { text } = ctx;
  const { draft, checked } = shown;
  const words = text.opening;
  const no = draft.requestNo;
  const [areaRows, mccRows, bankRows, files] = await Promise.all([areas(ctx.db), mccs(ctx.db), banks(ctx.db), attachmentsOf(ctx.db, no)]);
  const choices: Choices = {
    areas: areaRows.map((row) => ({ value: row.code, label: `${row.code} ${row.name}` })),
    mccs: mccRows.map((row) => ({ value: row.code, label: `${row.code} ${row.name}` })),
    banks: bankRows.map((row) => ({ value: row.name, label: `${row.name} ${row.cnapsCode}` })),
  };
  const field = (one: (typeof merchantFields)[number]) =>
    formField(text, one, { requestNo: no, form: shown.form, fault: checked?.faults[one.key], choices, amending: shown.amending });
  const parts = merchantParts.map(
    (part) =>
      html`<fieldset class="card"><legend>${words.parts[part]}</legend><div class="fields">${merchantFields.filter((one) => one.part === part).map(field)}</div></fieldset>`,
  );
  return layout(ctx, {
    title: shown.amending ? words.amending : words.fresh,
    crumbs: [{ label: words.title, path: paths.openings() }, { label: no }],
    entry: 'merchantOpening',
    notice: shown.notice,
    body: html`<div class="head"><h1>${shown.amending ? words.amending : words.fresh} <small class="mono">${no}</small></h1><span class="grow"></span><span id="saved" class="muted" role="status">${draft.savedAt > draft.createdAt ? savedAt(text, draft.savedAt) : words.saving}</span></div>
<div class="page">${shown.panel && checked && [panel(ctx, checked), twinCard(text, checked.similar)]}
<form method="post" action="${paths.opening(no, 'submission')}" id="opening" class="form" novalidate data-draft="${no}" hx-post="${paths.opening(no, 'draft')}" hx-trigger="input delay:800ms" hx-target="#saved" hx-swap="innerHTML" hx-sync="this:queue last">${token(ctx)}<input type="hidden" name="commandId" value="${randomUUID()}">
${checked && warnings(ctx, checked, shown.reasons)}${parts}
<div class="actions"><button class="btn primary">${text.common.confirm}</button><button class="btn" formaction="${paths.opening(no, 'check')}">${words.check}</button><button class="btn" formaction="${paths.opening(no, 'draft')}">${text.common.save}</button><a class="btn" href="${paths.openings()}">${text.common.back}</a></div></form>
${attachments(ctx, no, files, shown.fileFault ?? (checked?.faults.businessLicense && text.faults[checked.faults.businessLicense]))}</div>`,
  });
}

function panel(ctx: SignedInCtx, checked: Checked): Raw {
  const words = ctx.text.opening;
  const missing = Object.entries(checked.faults);
  const who = checked.deciders.map((one) => one.name).join(ctx.text.comma);
  if (checked.complete)
    return notice(
      'good',
      html`<b>${words.complete}</b> ${who ? fill(words.who, { who }) : words.whoNobody};${fill(words.until, { due: wholeMoment(checked.due).slice(0, 16) })}`,
    );
  return notice(
    'bad',
    html`<b>${fill(words.missing, { n: missing.length + checked.unconfirmed.length })}</b><ul class="faults">${missing.map(([key, fault]) => html`<li><a href="#f-${key}">${word(ctx.text.fields, key)}</a>: ${ctx.text.faults[fault]}</li>`)}${checked.unconfirmed.map((key) => html`<li><a href="#reason-${key}">${words.twinReason}</a>: ${word(ctx.text.request.warned, key)}</li>`)}</ul>`,
  );
}

/** Warnings that may be confirmed with a reason. */
function warnings(ctx: SignedInCtx, checked: Checked, reasons: Record<string, string>): Hole {
  const words = ctx.text.opening;
  const about = [...new Set(checked.twins.map((twin) => twin.same))].map((same) => {
    const merchant = checked.twins
      .filter((twin) => twin.same === same)
      .map((twin) => `${twin.name} (${twin.merchantNo})`)
      .join(ctx.text.comma);
    return { key: same as string, said: fill(words.twin, { merchant, field: ctx.text.fields[same] }) };
  });
  if (checked.doubtful) about.push({ key: 'organisation', said: words.organisation });
  if (about.length === 0) return null;
  return html`<section class="card warned">${about.map(({ key, said }) => html`<div class="f wide"><label for="reason-${key}">${said}</label><div><input class="field" id="reason-${key}" name="reason-${key}" value="${reasons[key] ?? ''}" maxlength="200" placeholder="${words.twinReason}"><p class="msg${reasons[key] ? '' : ' bad'}">${reasons[key] ? '' : ctx.text.faults.reason_missing}</p></div></div>`)}</section>`;
}

/** Attachments have a form of their own, because a file travels in another encoding. */
function attachments(ctx: SignedInCtx, no: string, files: readonly AttachmentRow[], fault?: string): Raw {
  const words = ctx.text.opening;
  const parts = attachmentParts.map((part) => ({ value: part, label: words.parts2[part] }));
  return html`<section class="card" id="f-businessLicense"><h2>${ctx.text.request.attachments}</h2><ul class="files">${files.map((file) => html`<li><span class="tag">${word(words.parts2, file.part)}</span><a href="${paths.attachment(file.id)}">${file.fileName}</a><small>${Math.ceil(file.bytes / 1024)} KB</small><form method="post" action="${paths.attachment(file.id, 'removal')}" class="inline">${token(ctx)}<button class="link">${ctx.text.common.remove}</button></form></li>`)}</ul>
<form method="post" action="${paths.opening(no, 'attachments')}?_csrf=${ctx.csrf}" enctype="multipart/form-data" class="inline row"><select class="field short" name="part" aria-label="${ctx.text.request.attachments}">${options(parts, 'businessLicense')}</select><input type="file" name="file" aria-label="${words.upload}" accept="image/jpeg,image/png,image/webp,application/pdf" required><button class="btn">${words.upload}</button></form>
<p class="msg${fault ? ' bad' : ''}" id="m-businessLicense">${fault ?? words.uploadHint}</p></section>`;
}

export function deletePage(ctx: SignedInCtx, draft: DraftRow, said?: Hole): Promise<Raw> {
  const words = ctx.text.opening;
  return layout(ctx, {
    title: words.delete,
    crumbs: [{ label: words.title, path: paths.openings() }, { label: draft.requestNo }],
    entry: 'merchantOpening',
    notice: said,
    body: html`<div class="head"><h1>${words.delete} <small class="mono">${draft.requestNo}</small></h1></div><div class="page"><section class="card narrow"><p>${draft.data.merchantName || draft.requestNo}</p><p class="msg">${words.deleteConfirm}</p><form method="post" action="${paths.opening(draft.requestNo, 'deletion')}" class="inline">${token(ctx)}<input type="hidden" name="sure" value="yes"><button class="btn danger">${ctx.text.common.confirm}</button> <a class="btn" href="${paths.openings()}">${ctx.text.common.back}</a></form></section></div>`,
  });
}
