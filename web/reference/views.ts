// Pages of 公共信息维护.
import type { Fault } from '../../workflows/rules/checks.ts';
import type { SignedInCtx } from '../http.ts';
import { fill, word } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { options } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { keyOf, type RegisterName, type Row, registerNames, registerOf } from './registers.ts';

export interface Edited {
  row: Row;
  faults: Readonly<Record<string, Fault>>;
  lines?: string;
}

export interface RegisterShown {
  q: string;
  from: number;
  total: number;
  rows: readonly Row[];
  more: boolean;
  given: Edited | null;
  /** The row in the form exists already. */
  known: boolean;
  said: Hole;
}

/** The lists side by side, as the tabs of every page here. */
export function referenceTabs({ text, user }: SignedInCtx, current: RegisterName | 'announcements'): Raw {
  const words = text.reference;
  const tab = (name: string, path: string) => html`<a href="${path}"${attribute('aria-current', name === current && 'page')}>${word(words.names, name)}</a>`;
  return html`<nav class="tabs" aria-label="${words.title}">${tab('announcements', paths.announcements())}${registerNames.map((name) => tab(name, paths.register(name)))}${user.rights.includes('policyChange') && html`<a href="${paths.newDraft('policyChange')}">${text.kinds.policyChange}</a>`}</nav>`;
}

export function registerPage(ctx: SignedInCtx, name: RegisterName, shown: RegisterShown): Promise<Raw> {
  const { text } = ctx;
  const words = text.reference;
  const register = registerOf(name);
  const key = keyOf(register);
  const title = words.names[name];
  const heads = register.fields.map((field) => html`<th>${word(words.fields, field.key)}</th>`);
  const cells = (row: Row) =>
    register.fields.map(
      (field) =>
        html`<td class="${field.shape === 'code' || field.shape === 'date' ? 'mono' : ''}">${field.key === 'working' ? word(words.working, row.working ?? '') : row[field.key]}</td>`,
    );
  const keep = { q: shown.q };
  return layout(ctx, {
    title,
    crumbs: [{ label: words.title, path: paths.register('areas') }, { label: title }],
    entry: 'publicInformation',
    notice: shown.said,
    body: html`<div class="head"><h1>${words.title}</h1></div>${referenceTabs(ctx, name)}
<form class="bar" method="get" action="${paths.register(name)}" role="search"><input class="field" name="q" value="${shown.q}" placeholder="${text.common.query}" aria-label="${text.common.query}" maxlength="40"><button class="btn">${text.common.query}</button><span class="muted">${fill(words.count, { n: shown.total })}</span></form>
<div class="page">${rowForm(ctx, name, shown)}</div>
<div class="table" tabindex="0" role="region" aria-label="${title}"><table class="t wide"><thead><tr>${heads}<th>${text.audit.action}</th></tr></thead><tbody>${shown.rows.map((row) => html`<tr>${cells(row)}<td><span class="acts"><a class="btn" href="${paths.register(name, { ...keep, edit: row[key] })}">${words.edit}</a><form method="post" action="${paths.register(name)}/removal" class="inline">${token(ctx)}<input type="hidden" name="key" value="${row[key]}"><button class="btn danger">${text.common.remove}</button></form></span></td></tr>`)}</tbody></table>${shown.rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
<nav class="foot" aria-label="paging">${shown.from > 0 ? html`<a class="btn" href="${paths.register(name, keep)}">${text.common.first}</a>` : html`<span></span>`}${shown.more && html`<a class="btn" href="${paths.register(name, { ...keep, from: shown.from + shown.rows.length })}" rel="next">${text.common.more}</a>`}</nav>`,
  });
}

/** 新增 or 修改 of one row, and for banks the import of many. */
function rowForm(ctx: SignedInCtx, name: RegisterName, { given, known }: RegisterShown): Raw {
  const { text } = ctx;
  const words = text.reference;
  const register = registerOf(name);
  const input = (field: (typeof register.fields)[number], first: boolean) => {
    const value = given?.row[field.key] ?? '';
    const fault = given?.faults[field.key];
    const common = html` id="f-${field.key}" name="${field.key}" aria-describedby="m-${field.key}"${attribute('aria-invalid', fault && 'true')}`;
    const choices = Object.entries(words.working).map(([one, label]) => ({ value: one, label }));
    const control =
      field.shape === 'choice'
        ? html`<select class="field"${common}>${options(choices, value, text.common.choose)}</select>`
        : html`<input class="field${field.shape === 'code' && ' mono'}"${attribute('type', field.shape === 'date' && 'date')} value="${value}" maxlength="${field.max}" autocomplete="off"${attribute('readonly', first && known)}${common}>`;
    return html`<div class="f"><label for="f-${field.key}">${word(words.fields, field.key)}</label><div>${control}<p class="msg${fault ? ' bad' : ''}" id="m-${field.key}">${fault && text.faults[fault]}</p></div></div>`;
  };
  const importing =
    register.putAll &&
    html`<details class="card"${attribute('open', given?.lines !== undefined)}><summary>${words.import}</summary><form method="post" action="${paths.register(name)}/import" class="decision">${token(ctx)}<label for="lines">${words.importHint}</label><textarea class="field mono" id="lines" name="lines" rows="6">${given?.lines}</textarea><div class="buttons"><button class="btn primary">${words.import}</button></div></form></details>`;
  return html`<form method="post" action="${paths.register(name)}" class="card form">${token(ctx)}${known && html`<input type="hidden" name="known" value="yes">`}<h2>${known ? words.edit : text.common.add}</h2><div class="fields">${register.fields.map((field, i) => input(field, i === 0))}</div><div class="buttons"><button class="btn primary">${text.common.confirm}</button>${known && html`<a class="btn" href="${paths.register(name)}">${text.common.back}</a>`}</div></form>${importing}`;
}

export function removalPage(ctx: SignedInCtx, name: RegisterName, row: Row, said?: Hole): Promise<Raw> {
  const { text } = ctx;
  const words = text.reference;
  const key = row[keyOf(registerOf(name))] ?? '';
  return layout(ctx, {
    title: text.common.remove,
    crumbs: [{ label: words.title, path: paths.register(name) }, { label: key }],
    entry: 'publicInformation',
    notice: said,
    body: html`<div class="head"><h1>${text.common.remove} <small class="mono">${key}</small></h1></div><div class="page"><section class="card narrow"><p>${words.names[name]} ${key} ${row.name ?? row.note}</p><p class="msg">${text.opening.deleteConfirm}</p><form method="post" action="${paths.register(name)}/removal" class="inline">${token(ctx)}<input type="hidden" name="key" value="${key}"><input type="hidden" name="sure" value="yes"><button class="btn danger">${text.common.confirm}</button> <a class="btn" href="${paths.register(name)}">${text.common.back}</a></form></section></div>`,
  });
}
