// One field of the form with its message, as the page and the fragment after leaving it show it.
import type { Fault } from '../../workflows/rules/checks.ts';
import { accountTypes, type MerchantField, type MerchantForm, type merchantFields } from '../../workflows/rules/merchant-form.ts';
import { fill, type Text } from '../text/index.ts';
import { attribute, html, type Raw } from '../ui/html.ts';
import { type Option, options, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

export interface Choices {
  areas: Option[];
  mccs: Option[];
  banks: Option[];
}

export const savedAt = (text: Text, at: Date): Raw => html`${fill(text.opening.saved, { at: wholeMoment(at).slice(11) })}`;

export function fieldMessage(text: Text, key: MerchantField | 'businessLicense', fault: Fault | undefined, hint?: string): Raw {
  return html`<p class="msg${fault ? ' bad' : ''}" id="m-${key}"${attribute('data-fault', Boolean(fault))}>${fault ? text.faults[fault] : hint}</p>`;
}

interface FieldPlace {
  requestNo: string;
  form: MerchantForm;
  fault: Fault | undefined;
  choices: Choices;
  amending: boolean;
}

/** Label, input and message. Leaving the field asks the server, which decides. */
export function formField(text: Text, one: (typeof merchantFields)[number], place: FieldPlace): Raw {
  const { key } = one;
  const ask = html` hx-post="${paths.openingField(place.requestNo, key)}" hx-trigger="change" hx-target="#m-${key}" hx-swap="outerHTML" hx-include="closest form" hx-sync="closest form:queue last"`;
  const common = html` id="f-${key}" name="${key}" aria-describedby="m-${key}"${attribute('aria-invalid', place.fault && 'true')}${attribute('aria-required', one.required && 'true')}${ask}`;
  return html`<div class="f${one.shape === 'paragraph' ? ' wide' : ''}"><label for="f-${key}">${text.fields[key]}${!one.required && html` <small>${text.common.optional}</small>`}</label><div>${control(text, one, place, common)}${fieldMessage(text, key, place.fault, key === 'merchantNo' && !place.amending ? text.opening.drawHint : undefined)}</div></div>`;
}

function control(text: Text, one: (typeof merchantFields)[number], place: FieldPlace, common: Raw): Raw {
  const { key, max } = one;
  const value = place.form[key];
  if (one.shape === 'paragraph') return html`<textarea class="field" rows="2" maxlength="${max * 2}"${common}>${value}</textarea>`;
  if (one.shape === 'choice') return html`<select class="field"${common}>${options(choicesOf(text, key, place.choices), value, text.common.choose)}</select>`;
  const mode =
    one.shape === 'money' || one.shape === 'rate'
      ? 'decimal'
      : ['merchantNo', 'cnapsCode', 'contactMobile', 'settlementAccountNo'].includes(key)
        ? 'numeric'
        : undefined;
  const input = html`<input class="field${one.shape === 'code' ? ' mono' : ''}" value="${value}" maxlength="${max * 2}" autocomplete="off" spellcheck="false"${attribute('inputmode', mode)}${attribute('readonly', key === 'merchantNo' && place.amending)}${common}>`;
  if (key !== 'merchantNo' || place.amending) return input;
  return html`<span class="with">${input}<button class="btn" formaction="${paths.opening(place.requestNo, 'number')}" formnovalidate>${text.opening.draw}</button></span>`;
}

function choicesOf(text: Text, key: MerchantField, choices: Choices): Option[] {
  if (key === 'areaCode') return choices.areas;
  if (key === 'mcc') return choices.mccs;
  return key === 'openingBankName' ? choices.banks : accountTypes.map((value) => ({ value, label: text.accountType[value] }));
}
