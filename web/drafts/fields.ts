// One field of a form with its message, as the page and the fragment after leaving it show it.
import type { Fault } from '../../workflows/rules/checks.ts';
import type { FieldRule } from '../../workflows/rules/fields.ts';
import type { Kind } from '../../workflows/rules/kinds.ts';
import { fill, type Text, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { options, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import type { Shape } from './form.ts';

export const savedAt = (text: Text, at: Date): Raw => html`${fill(text.opening.saved, { at: wholeMoment(at).slice(11) })}`;

export function fieldMessage(text: Text, key: string, fault: Fault | undefined, hint?: Hole): Raw {
  return html`<p class="msg${fault ? ' bad' : ''}" id="m-${key}"${attribute('data-fault', Boolean(fault))}>${fault ? text.faults[fault] : hint}</p>`;
}

interface Place {
  kind: Kind;
  requestNo: string;
  value: string;
  fault: Fault | undefined;
  shape: Shape;
}

/** Label, input and message. Leaving the field asks the server, which decides. */
export function formField(text: Text, field: FieldRule, place: Place): Raw {
  const { key, required, shape } = field;
  const label = html`${word(text.fields, key)}${!required && html` <small>${text.common.optional}</small>`}`;
  const wide = shape === 'paragraph' || shape === 'ticks' || key === 'amountInWords';
  const message = fieldMessage(text, key, place.fault, place.shape.hint);
  if (shape === 'dual' || shape === 'matrix')
    return html`<fieldset class="f wide" id="f-${key}" aria-describedby="m-${key}"><legend>${label}</legend><div>${shape === 'dual' ? dual(text, field, place) : matrix(field, place)}${message}</div></fieldset>`;
  if (shape === 'ticks')
    return html`<fieldset class="f wide" id="f-${key}" aria-describedby="m-${key}"><legend>${label}</legend><div>${ticks(field, place)}${message}</div></fieldset>`;
  return html`<div class="f${wide && ' wide'}"><label for="f-${key}">${label}</label><div>${control(text, field, place)}${message}</div></div>`;
}

const asking = ({ kind, requestNo }: Place, key: string) =>
  html` hx-post="${paths.draftField(kind, requestNo, key)}" hx-trigger="change" hx-target="#m-${key}" hx-swap="outerHTML" hx-include="closest form" hx-sync="closest form:queue last"`;

function ticks({ key }: FieldRule, place: Place): Hole {
  const chosen = place.value.split(' ');
  return html`<span class="ticks">${place.shape.choices?.map(({ value, label }) => html`<label><input type="checkbox" name="${key}" value="${value}"${attribute('checked', chosen.includes(value))}${asking(place, key)}> ${label}</label>`)}</span>`;
}

/** 不属于的组 / 属于的组: a button moves what is chosen; without a script the server does it. Nothing holds before 应用. */
function dual(text: Text, { key }: FieldRule, place: Place): Raw {
  const words = text.access;
  const chosen = place.value.split(' ').filter(Boolean);
  const list = (side: 'out' | 'in', label: string, picked: boolean) => {
    const rows = (place.shape.choices ?? []).filter(({ value }) => chosen.includes(value) === picked);
    return html`<div><label for="${key}-${side}">${label} <small data-count>${fill(words.count, { n: rows.length })}</small></label><input class="field" type="search" data-filter="${key}-${side}" placeholder="${words.filter}" aria-label="${label}: ${words.filter}" hidden><select class="field" id="${key}-${side}" name="${key}-${side}" multiple size="9" data-side="${side}">${rows.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}</select></div>`;
  };
  const move = (to: 'in' | 'out', sign: string, label: string) =>
    html`<button class="btn" name="${key}-move" value="${to}" formaction="${paths.draft(place.kind, place.requestNo, 'draft')}" data-move="${to}" aria-label="${label}">${sign}</button>`;
  return html`<div class="dual" data-dual="${key}"><input type="hidden" name="${key}" value="${place.value}">${list('out', words.outside, false)}<span>${move('in', words.moveIn, words.moveInLabel)}${move('out', words.moveOut, words.moveOutLabel)}</span>${list('in', words.inside, true)}</div>`;
}

/** Boxes in a table. */
function matrix({ key }: FieldRule, place: Place): Raw {
  const chosen = new Set(place.value.split(' '));
  const { heads = [], rows = [] } = place.shape.table ?? {};
  const box = ({ value, label }: { value: string; label: string }) =>
    html`<input type="checkbox" name="${key}" value="${value}" aria-label="${label}"${attribute('checked', chosen.has(value))}>`;
  return html`<div class="table matrix"><table class="t"><thead><tr><td></td>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows.map(
    ({ group, label, cells }) =>
      html`${group !== undefined && html`<tr class="part"><th scope="rowgroup" colspan="${heads.length + 1}">${group}</th></tr>`}<tr><th scope="row">${label}</th>${cells.map((cell) => html`<td>${cell && box(cell)}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** The input alone; `oob` puts it in place of the one that the page shows. */
export function control(text: Text, field: FieldRule, place: Place, oob = false): Raw {
  const { key, max, shape } = field;
  const { fault } = place;
  const value = place.shape.shown ?? place.value;
  const fixed = field.fixed || place.shape.readonly;
  const common = html`${oob && html` hx-swap-oob="outerHTML"`} id="f-${key}" name="${key}" aria-describedby="m-${key}"${attribute('aria-invalid', fault && 'true')}${attribute('aria-required', field.required && 'true')}${!fixed && asking(place, key)}`;
  if (shape === 'paragraph') return html`<textarea class="field" rows="2" maxlength="${max * 2}"${common}>${value}</textarea>`;
  if (shape === 'choice' && !fixed) return html`<select class="field"${common}>${options(place.shape.choices ?? [], value, text.common.choose)}</select>`;
  const mode = shape === 'money' || shape === 'rate' ? 'decimal' : /No$|Code$|phone|Mobile/.test(key) ? 'numeric' : undefined;
  const input = html`<input class="field${shape === 'code' && ' mono'}"${attribute('type', shape === 'date' && 'date')} value="${value}" maxlength="${max * 2}" autocomplete="off" spellcheck="false"${attribute('inputmode', mode)}${attribute('readonly', Boolean(fixed))}${common}>`;
  const { button } = place.shape;
  return button ? html`<span class="with">${input}<button class="btn" formaction="${button.path}" formnovalidate>${button.label}</button></span>` : input;
}
