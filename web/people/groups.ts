// 用户组信息管理: the groups, who is in them, what they may do and which requests they decide.
import { accessWorld } from '../../db/access.ts';
import { functions, givenRights, modules } from '../../db/rights.ts';
import { findGroup, groups, memberCodes, members } from '../../db/users.ts';
import { kindNames } from '../../workflows/rules/kinds.ts';
import { notFound, page, param, type Route, type SignedInCtx } from '../http.ts';
import { html } from '../ui/html.ts';
import { layout } from '../ui/layout.ts';
import { paths } from '../ui/paths.ts';
import { actionKind, byModule, nameIn } from './matrix.ts';
import { actButton, changesCard } from './parts.ts';

const right = ['groupManagement'];
export const groupRoutes: Route[] = [
  { method: 'GET', path: '/groups', right, handle: list },
  { method: 'GET', path: '/groups/:code', right, handle: show },
];

async function list(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const words = text.userGroups;
  const [rows, world] = await Promise.all([groups(db), accessWorld(db)]);
  const decides = (code: string) => kindNames.filter((kind) => world.deciders[kind].includes(code)).map((kind) => text.kinds[kind]);
  const count = (code: string) => world.people.filter((one) => one.groups.includes(code)).length;
  const body = html`<div class="head"><h1>${words.title}</h1>${actButton(ctx, 'groupCreate', '', 'primary')}</div>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${text.fields.groupCode}</th><th>${text.fields.nameZh}</th><th>${text.fields.nameEn}</th><th>${text.fields.status}</th><th class="num">${words.members}</th><th>${words.decides}</th><th>${text.audit.action}</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td class="mono"><a href="${paths.group(row.code)}">${row.code}</a></td><td>${row.nameZh}</td><td>${row.nameEn}</td><td><span class="tag ${row.status === 'active' ? 'good' : ''}">${text.users.statuses[row.status]}</span></td><td class="num">${count(row.code)}</td><td class="wrap"><small>${decides(row.code).join(text.comma)}</small></td><td><span class="acts">${actButton(ctx, 'groupRights', row.code)}${actButton(ctx, 'groupChange', row.code)}<a class="btn" href="${paths.group(row.code)}">${text.common.detail}</a></span></td></tr>`)}</tbody></table></div>`;
  page(ctx, await layout(ctx, { title: words.title, entry: 'groupManagement', body }));
}

async function show(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const words = text.userGroups;
  const group = await findGroup(db, param(ctx, 'code'));
  if (!group) throw notFound();
  const [inside, codes, given, moduleRows, functionRows, changes] = await Promise.all([
    members(db, group.code),
    memberCodes(db, group.code),
    givenRights(db),
    modules(db),
    functions(db),
    changesCard(ctx, `group:${group.code}`),
  ]);
  const own = new Set(given.filter((row) => row.groupCode === group.code).map((row) => row.functionCode));
  const mine = byModule(
    ctx,
    moduleRows,
    functionRows.filter((row) => own.has(row.code)),
  );
  const stop = group.status === 'active' ? 'groupDisable' : 'groupEnable';
  const body = html`<div class="head"><h1>${nameIn(ctx, group)} <small class="mono">${group.code}</small></h1><span class="tag ${group.status === 'active' ? 'good' : ''}">${text.users.statuses[group.status]}</span><span class="grow"></span>${actButton(ctx, 'groupRights', group.code)}${actButton(ctx, 'groupChange', group.code)}${actButton(ctx, stop, group.code)}${actButton(ctx, 'groupDelete', group.code, 'danger')}</div>
<div class="page"><div class="two"><section class="card"><h2>${words.members} <small>${codes.length}</small></h2>${codes.length === 0 ? html`<p class="muted">${words.none}</p>` : html`<ul class="files">${codes.map((code) => html`<li><a class="mono" href="${paths.user(code)}">${code}</a> ${inside.find((one) => one.code === code)?.name ?? html`<span class="tag">${text.users.statuses.disabled}</span>`}</li>`)}</ul>`}</section>
<section class="card"><h2>${text.fields.rights} <small>${own.size}</small></h2><dl class="d">${mine.map(({ group: part, row }) => html`${part !== undefined && html`<dt><b>${part}</b></dt><dd></dd>`}<dt>${nameIn(ctx, row)}</dt><dd><span class="tag">${text.access.kinds[actionKind(row.code)]}</span></dd>`)}</dl></section></div>${changes}</div>`;
  page(
    ctx,
    await layout(ctx, {
      title: `${group.code} ${nameIn(ctx, group)}`,
      crumbs: [{ label: words.title, path: paths.groups() }, { label: group.code }],
      entry: 'groupManagement',
      body,
    }),
  );
}
