// Before and after of 用户与权限变更, in words: what is added to a list and what is taken from it.
import { isAct, wanted } from '../../workflows/rules/access.ts';
import type { Request } from '../../workflows/rules/request.ts';
import { type Text, word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import type { CodeNames } from './names.ts';

export function accessChanges(text: Text, { data }: Pick<Request, 'data'>, names: CodeNames): Hole {
  if (!isAct(data.act)) return null;
  const before = baseValues(data.base ?? '');
  const rows = Object.entries(wanted(data.act, data)).map(
    ([key, after]) => html`<tr><th scope="row">${word(text.fields, key)}</th>${cells(text, key, before[key] ?? '', after, names)}</tr>`,
  );
  return html`<section class="card" id="access"><h2>${actTitle(text, data)}</h2><table class="t"><thead><tr><td></td><th>${text.request.before}</th><th>${text.request.after}</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

/** 用户分组 clerk001 王录入. */
export const actTitle = (text: Text, data: Readonly<Record<string, string>>): string =>
  `${word(text.access.acts, data.act ?? '')} ${data.id ?? ''} ${data.subjectName ?? ''}`.trim();

function cells(text: Text, key: string, before: string, after: string, names: CodeNames): Raw {
  const words = text.access;
  if (key !== 'groups' && key !== 'rights' && key !== 'matrix') {
    const show = (value: string) => word(words.values, value) || '—';
    return html`<td>${before === '' ? '—' : html`<del class="was">${show(before)}</del>`}</td><td><ins class="now-v">${show(after)}</ins></td>`;
  }
  const [was, is] = [before, after].map((list) => list.split(' ').filter(Boolean)) as [string[], string[]];
  const show = (codes: readonly string[]) => codes.map((code) => codeName(code, names)).join(text.comma);
  const [more, less] = [is.filter((code) => !was.includes(code)), was.filter((code) => !is.includes(code))];
  return html`<td class="wrap">${show(was) || words.nobody}</td><td class="wrap">${more.length > 0 && html`<p><span class="tag good">${words.added}</span> <ins class="now-v">${show(more)}</ins></p>`}${less.length > 0 && html`<p><span class="tag bad">${words.removed}</span> <del>${show(less)}</del></p>`}${more.length + less.length === 0 && words.same}</td>`;
}

/** `merchantOpening:02` names a function and a group. */
const codeName = (code: string, names: CodeNames) =>
  code
    .split(':')
    .map((one) => names[one] ?? one)
    .join(' × ');

function baseValues(base: string): Record<string, string> {
  try {
    const values: unknown = JSON.parse(base);
    return typeof values === 'object' && values !== null ? (values as Record<string, string>) : {};
  } catch {
    return {};
  }
}
