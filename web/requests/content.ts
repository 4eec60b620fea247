// What a request asks: its fields, its files, what was changed, and requests that look like it.
import type { AttachmentRow } from '../../db/attachments.ts';
import type { TwinRequest } from '../../db/twins.ts';
import { shownFields } from '../../workflows/rules/forms.ts';
import { mask, maskedFields, merchantFields, merchantParts } from '../../workflows/rules/merchant-form.ts';
import { readFen, showFen } from '../../workflows/rules/money.ts';
import { differences } from '../../workflows/rules/take.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { notice, stateTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { revealForm } from './reveal.ts';
import type { Known } from './views.ts';

export function maybeDifferences(ctx: SignedInCtx, { request, seen, events }: Known): Hole {
  const words = ctx.text.request;
  const amended = events.findLast((event) => event.type === 'amended');
  const reviewing = request.state === 'submitted' && request.maker.code !== ctx.user.code;
  const changes = reviewing && seen ? differences(seen.data, request.data) : amended?.changes;
  if (!changes || (reviewing && seen && seen.revision === request.revision)) return null;
  const title = reviewing && seen ? words.differences : fill(words.wasChanged, { n: request.submissions });
  if (Object.keys(changes).length === 0) return notice('good', words.noDifferences);
  return differenceTable(ctx, title, changes);
}

/** Before and after, field by field. */
export function differenceTable(ctx: SignedInCtx, title: string, changes: Readonly<Record<string, [string, string]>>): Raw {
  const words = ctx.text.request;
  const rows = Object.entries(changes).map(([key, [before, after]]) => {
    const show = (value: string) => (maskedFields.includes(key) ? mask(value) : value) || '—';
    return html`<tr><th scope="row">${word(ctx.text.fields, key)}</th><td>${before === '' ? '—' : html`<del class="was">${show(before)}</del>`}</td><td><ins class="now-v">${show(after)}</ins></td></tr>`;
  });
  return html`<section class="card" id="differences"><h2>${title}</h2><table class="t"><thead><tr><th>${words.content}</th><th>${words.before}</th><th>${words.after}</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

/** Files are held against what the request says was attached; one that it does not know was added afterwards. */
export function attachments(text: Text, list: readonly AttachmentRow[], submitted: string): Raw {
  const parts: Readonly<Record<string, string>> = text.opening.parts2;
  return html`<section class="card"><h2>${text.request.attachments}</h2>${list.length === 0 ? html`<p class="muted">${text.request.none}</p>` : html`<ul class="files">${list.map((one) => html`<li><span class="tag">${word(parts, one.part)}</span><a href="${paths.attachment(one.id)}">${one.fileName}</a><small>${Math.ceil(one.bytes / 1024)} KB</small>${!submitted.includes(`${one.part} ${one.sha256.slice(0, 16)}`) && html`<span class="tag bad">${text.request.notSubmitted}</span>`}<small class="mono" title="SHA-256 ${one.sha256}">${one.sha256.slice(0, 8)}</small></li>`)}</ul>`}</section>`;
}

/** A value of a merchant's form as people read it: masked, or with the name of its code. */
export function fieldShown(text: Text, key: string, value: string, names: Partial<Known['names']> = {}, plain = false): string {
  if (maskedFields.includes(key) && !plain) return mask(value);
  if (key === 'areaCode' || key === 'mcc') return `${value} ${names[key] ?? ''}`.trim();
  if (key === 'amount') return showFen(readFen(value) ?? 0);
  if (key === 'permitted')
    return value
      .split(' ')
      .map((type) => word(text.transactions, type))
      .join(text.comma);
  if (key === 'debitAccount' || key === 'creditAccount') return `${value} ${word(text.accounts, value)}`;
  return key === 'accountType' ? word(text.accountType, value) : value;
}

export function content(ctx: SignedInCtx, { request, events, names }: Known, plain: boolean): Raw {
  const { text } = ctx;
  const changed = new Set(Object.keys(events.findLast((event) => event.type === 'amended')?.changes ?? {}));
  const card = (title: string, keys: readonly string[]) => {
    const filled = keys.filter((key) => (request.data[key] ?? '') !== '');
    const rows = filled.map(
      (key) =>
        html`<dt>${word(text.fields, key)}</dt><dd${attribute('class', changed.has(key) && 'changed')}>${fieldShown(text, key, request.data[key] ?? '', names, plain)}</dd>`,
    );
    return filled.length > 0 && html`<section class="card"><h2>${title}</h2><dl class="d">${rows}</dl></section>`;
  };
  const own = shownFields[request.kind];
  const parts = own
    ? card(text.request.content, own)
    : merchantParts.map((part) =>
        card(
          text.opening.parts[part],
          merchantFields.filter((one) => one.part === part).map((one) => one.key),
        ),
      );
  const warnings = Object.entries(request.reasons).map(([key, reason]) => html`<li>${word(text.request.warned, key)}: ${reason}</li>`);
  const revealing = !plain && revealForm(ctx, paths.act(request.requestNo, 'reveal'));
  if (own && !parts && warnings.length === 0) return html``;
  return html`<h2 class="section">${text.request.content} ${revealing}</h2>${warnings.length > 0 && html`<section class="card warned"><h2>${text.request.warnings}</h2><ul>${warnings}</ul></section>`}<div class="two">${parts}</div>`;
}

/** 相似申请: shown to whoever submits and to whoever decides. */
export function twinCard(text: Text, twins: readonly TwinRequest[]): Hole {
  if (twins.length === 0) return null;
  const words = text.twins;
  return html`<section class="card warned" id="twins"><h2>${words.title}</h2><table class="t"><thead><tr><th>${text.request.no}</th><th>${text.request.merchant}</th><th>${words.same}</th><th>${text.request.state}</th></tr></thead><tbody>${twins.map(
    (one) =>
      html`<tr><td><a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a><br><small>${word(text.kinds, one.kind)} · ${one.makerName}</small></td><td>${one.title}</td><td>${one.same.map((reason) => words.reasons[reason]).join(text.comma)}</td><td>${stateTag(text, one.state)}<br><small>${wholeMoment(one.submittedAt).slice(0, 16)}</small></td></tr>`,
  )}</tbody></table></section>`;
}
