// 模块及权限管理: the modules, their functions, and who may use each.
import { functions, givenRights, holders, type ModuleRow, modules } from '../../db/rights.ts';
import { groups } from '../../db/users.ts';
import { notFound, page, param, type Route, type SignedInCtx } from '../http.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { paths } from '../ui/paths.ts';
import { actionKind, nameIn } from './matrix.ts';
import { actButton, changesCard } from './parts.ts';

const right = ['moduleManagement'];
export const moduleRoutes: Route[] = [
  { method: 'GET', path: '/modules', right, handle: list },
  { method: 'GET', path: '/modules/:code', right, handle: show },
  { method: 'GET', path: '/functions/:code', right: ['moduleManagement', 'groupManagement', 'userManagement', 'auditLog', 'inbox'], handle: whoMay },
];

const statusTagOf = ({ text }: SignedInCtx, { status }: ModuleRow) =>
  html`<span class="tag ${status === 'active' ? 'good' : ''}">${text.users.statuses[status]}</span>`;

async function list(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const words = text.modules;
  const [rows, functionRows] = await Promise.all([modules(db), functions(db)]);
  const nameOf = (code: string | null) => {
    const row = rows.find((one) => one.code === code);
    return row ? nameIn(ctx, row) : '';
  };
  const body = html`<div class="head"><h1>${words.title}</h1>${actButton(ctx, 'moduleCreate', '', 'primary')}</div>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th class="num">${text.fields.sort}</th><th>${text.fields.moduleCode}</th><th>${text.fields.nameZh}</th><th>${text.fields.nameEn}</th><th>${text.fields.parent}</th><th>${text.fields.status}</th><th class="num">${words.functions}</th><th>${text.audit.action}</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td class="num">${row.sort}</td><td class="mono"><a href="${paths.module(row.code)}">${row.code}</a></td><td>${row.nameZh}</td><td>${row.nameEn}</td><td>${nameOf(row.parentCode)}</td><td>${statusTagOf(ctx, row)}</td><td class="num">${functionRows.filter((one) => one.moduleCode === row.code).length}</td><td><span class="acts">${actButton(ctx, 'moduleRights', row.code)}${actButton(ctx, 'moduleChange', row.code)}<a class="btn" href="${paths.module(row.code)}">${text.common.detail}</a></span></td></tr>`)}</tbody></table></div>`;
  page(ctx, await layout(ctx, { title: words.title, entry: 'moduleManagement', body }));
}

async function show(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const words = text.modules;
  const code = param(ctx, 'code');
  const [rows, functionRows, given, groupRows, changes] = await Promise.all([
    modules(db),
    functions(db),
    givenRights(db),
    groups(db),
    changesCard(ctx, `module:${code}`),
  ]);
  const module = rows.find((one) => one.code === code);
  if (!module) throw notFound();
  const own = functionRows.filter((row) => row.moduleCode === code);
  const has = (functionCode: string, groupCode: string) => given.some((row) => row.functionCode === functionCode && row.groupCode === groupCode);
  const body = html`<div class="head"><h1>${nameIn(ctx, module)} <small class="mono">${code}</small></h1>${statusTagOf(ctx, module)}<span class="grow"></span>${actButton(ctx, 'moduleRights', code)}${actButton(ctx, 'moduleChange', code)}${actButton(ctx, module.status === 'active' ? 'moduleDisable' : 'moduleEnable', code)}${actButton(ctx, 'moduleDelete', code, 'danger')}</div>
<div class="page"><section class="card"><h2>${words.functions}</h2><div class="table matrix" tabindex="0" role="region" aria-label="${words.functions}"><table class="t"><thead><tr><td></td>${groupRows.map((group) => html`<th scope="col">${group.code} ${nameIn(ctx, group)}</th>`)}</tr></thead><tbody>${own.map((row) => html`<tr><th scope="row"><a href="${paths.holders(row.code)}">${nameIn(ctx, row)}</a> <small>${text.access.kinds[actionKind(row.code)]}</small></th>${groupRows.map((group) => html`<td>${has(row.code, group.code) ? html`<span aria-label="${text.common.yes}">✓</span>` : html`<span class="muted" aria-label="${text.common.no}">·</span>`}</td>`)}</tr>`)}</tbody></table></div></section>${changes}</div>`;
  page(
    ctx,
    await layout(ctx, {
      title: nameIn(ctx, module),
      crumbs: [{ label: words.title, path: paths.modules() }, { label: code }],
      entry: 'moduleManagement',
      body,
    }),
  );
}

/** Who may use a function now. */
async function whoMay(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const code = param(ctx, 'code');
  const row = (await functions(db)).find((one) => one.code === code);
  if (!row) throw notFound();
  const people = await holders(db, code);
  const title = `${text.access.functionOf} ${nameIn(ctx, row)}`;
  const body = html`<div class="head"><h1>${title}</h1></div><div class="page"><section class="card"><h2>${text.access.whoMay} <small>${people.length}</small></h2>${people.length === 0 ? html`<p class="muted">${text.access.nobody}</p>` : html`<ul class="files">${people.map((one) => html`<li><span class="mono">${one.code}</span> ${one.name} <small>${one.group}</small></li>`)}</ul>`}</section></div>`;
  page(ctx, await layout(ctx, { title, body }));
}
