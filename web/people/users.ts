// 用户管理: the list, one user, and what needs no second person: unlocking and ending sessions.
import { audit } from '../../db/audit.ts';
import { endSessionsOf, lockedCodes, type SessionShown, sessionsOf, unlock } from '../../db/sessions.ts';
import { findUser, groups, type ListedUser, users } from '../../db/users.ts';
import type { ActName } from '../../workflows/rules/access.ts';
import { notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { options, pager, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { nameIn } from './matrix.ts';
import { type CodeNames, codeNamesOf } from './names.ts';
import { actButton, changesCard } from './parts.ts';

const right = ['userManagement'];
export const userRoutes: Route[] = [
  { method: 'GET', path: '/users', right, handle: list },
  { method: 'GET', path: '/users/:code', right, handle: show },
  { method: 'POST', path: '/users/:code/unlocking', right, handle: unlockUser },
  { method: 'POST', path: '/users/:code/sessions', right, handle: endSessions },
];

const PAGE = 50;

async function list(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const words = text.users;
  const filter = { q: query(ctx, 'q', 40).trim(), status: query(ctx, 'status', 10), group: query(ctx, 'group', 2), after: query(ctx, 'after', 8) };
  const [rows, locked, names, groupRows] = await Promise.all([users(db, filter, PAGE + 1), lockedCodes(db), codeNamesOf(ctx), groups(db)]);
  const shown = rows.slice(0, PAGE);
  const statuses = Object.entries(words.statuses).map(([value, label]) => ({ value, label }));
  const groupOptions = groupRows.map((group) => ({ value: group.code, label: `${group.code} ${nameIn(ctx, group)}` }));
  const { after, ...keep } = filter;
  const body = html`<div class="head"><h1>${words.title}</h1>${actButton(ctx, 'userCreate', '', 'primary')}</div>
<form class="bar" method="get" action="${paths.users()}" role="search"><input class="field" name="q" value="${filter.q}" placeholder="${words.q}" aria-label="${words.q}" maxlength="40"><select class="field short" name="group" aria-label="${words.group}">${options(groupOptions, filter.group, `${words.group}: ${text.common.all}`)}</select><select class="field short" name="status" aria-label="${words.status}">${options(statuses, filter.status, `${words.status}: ${text.common.all}`)}</select><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}"><table class="t wide"><thead><tr><th>${text.fields.userCode}</th><th>${text.fields.userName}</th><th>${words.status}</th><th>${text.fields.groups}</th><th>${words.totp}</th><th>${words.seen}</th><th>${text.audit.action}</th></tr></thead>
<tbody>${shown.map((row) => userRow(ctx, row, locked, names))}</tbody></table>${shown.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>
${pager(text, after ? paths.users(keep) : null, rows.length > PAGE ? paths.users({ ...keep, after: shown.at(-1)?.code }) : null)}`;
  page(ctx, await layout(ctx, { title: words.title, entry: 'userManagement', body }));
}

const tags = (ctx: SignedInCtx, row: ListedUser, locked: Set<string>): Hole => {
  const words = ctx.text.users;
  return html`<span class="tag ${row.status === 'active' ? 'good' : ''}">${words.statuses[row.status]}</span>${locked.has(row.code.toLowerCase()) && html` <span class="tag bad">${words.locked}</span>`}${row.mustChangePassword && html` <span class="tag warn">${words.mustChange}</span>`}`;
};
const groupList = (names: CodeNames, codes: readonly string[]) => codes.map((code) => `${code} ${word(names, code)}`).join(', ');

function userRow(ctx: SignedInCtx, row: ListedUser, locked: Set<string>, names: CodeNames): Raw {
  const { text } = ctx;
  return html`<tr><td class="mono"><a href="${paths.user(row.code)}">${row.code}</a></td><td>${row.name}</td><td>${tags(ctx, row, locked)}</td><td>${groupList(names, row.groups)}</td><td>${row.totp ? text.common.yes : text.common.no}</td><td class="mono">${row.seenAt ? wholeMoment(row.seenAt).slice(0, 16) : text.users.never}</td><td><span class="acts">${actButton(ctx, 'userGroups', row.code)}${actButton(ctx, 'userRename', row.code)}<a class="btn" href="${paths.user(row.code)}">${text.common.detail}</a></span></td></tr>`;
}

async function show(ctx: SignedInCtx): Promise<void> {
  const { text, db } = ctx;
  const words = text.users;
  const user = await found(ctx);
  const [rows, locked, names, sessions, changes] = await Promise.all([
    users(db, { q: user.code }, 10),
    lockedCodes(db),
    codeNamesOf(ctx),
    sessionsOf(db, user.code),
    changesCard(ctx, `user:${user.code}`),
  ]);
  const row = rows.find((one) => one.code === user.code);
  if (!row) throw notFound();
  const acts: ActName[] = ['userGroups', 'userRename', user.status === 'active' ? 'userDisable' : 'userEnable', 'userReset', 'userDelete'];
  const body = html`<div class="head"><h1>${row.name} <small class="mono">${row.code}</small></h1>${tags(ctx, row, locked)}<span class="grow"></span>${acts.map((act) => actButton(ctx, act, row.code, act === 'userDelete' || act === 'userDisable' ? 'danger' : ''))}</div>
<div class="page"><section class="card"><h2>${words.detail}</h2><dl class="d"><dt>${text.fields.userCode}</dt><dd class="mono">${row.code}</dd><dt>${text.fields.userName}</dt><dd>${row.name}</dd><dt>${text.fields.groups}</dt><dd>${groupList(names, row.groups) || text.access.nobody}</dd><dt>${words.totp}</dt><dd>${row.totp ? text.common.yes : text.common.no}</dd><dt>${words.seen}</dt><dd class="mono">${row.seenAt ? wholeMoment(row.seenAt) : words.never}</dd></dl>
${locked.has(row.code.toLowerCase()) && html`<form method="post" action="${paths.user(row.code, 'unlocking')}" class="inline">${token(ctx)}<button class="btn">${words.unlock}</button></form>`}</section>
<section class="card"><h2>${words.sessions}</h2>${sessionTable(ctx, sessions)}${sessions.length > 0 && html`<form method="post" action="${paths.user(row.code, 'sessions')}" class="inline">${token(ctx)}<button class="btn danger">${words.kick}</button></form>`}</section>${changes}</div>`;
  page(
    ctx,
    await layout(ctx, {
      title: `${row.code} ${row.name}`,
      crumbs: [{ label: words.title, path: paths.users() }, { label: row.code }],
      entry: 'userManagement',
      body,
    }),
  );
}

/** Sessions of a user; `act` draws what may be done with each. */
export function sessionTable(ctx: SignedInCtx, sessions: readonly SessionShown[], act?: (one: SessionShown) => Hole): Raw {
  const { text } = ctx;
  const words = text.users;
  if (sessions.length === 0) return html`<p class="muted">${words.noSessions}</p>`;
  return html`<div class="table" tabindex="0" role="region" aria-label="${words.sessions}"><table class="t"><thead><tr><th>${words.since}</th><th>${words.active}</th><th>${text.audit.address}</th><th>${words.agent}</th>${act && html`<th>${text.audit.action}</th>`}</tr></thead><tbody>${sessions.map((one) => html`<tr><td class="mono">${wholeMoment(one.createdAt).slice(0, 16)}</td><td class="mono">${wholeMoment(one.activeAt).slice(0, 16)}</td><td class="mono">${one.address}</td><td class="wrap"><small>${one.agent}</small></td>${act && html`<td>${act(one)}</td>`}</tr>`)}</tbody></table></div>`;
}

async function found(ctx: SignedInCtx) {
  const user = await findUser(ctx.db, param(ctx, 'code'));
  if (!user) throw notFound();
  return user;
}

async function unlockUser(ctx: SignedInCtx): Promise<void> {
  const { code } = await found(ctx);
  await ctx.db.transaction(async (tx) => {
    await unlock(tx, code);
    await audit(tx, { by: ctx.user, action: 'user.unlocked', object: code, address: ctx.address });
  });
  see(ctx, paths.user(code));
}

/** 强制下线: ends every session of a user at once. */
async function endSessions(ctx: SignedInCtx): Promise<void> {
  const { code } = await found(ctx);
  const ended = await ctx.db.transaction(async (tx) => {
    const sessions = await sessionsOf(tx, code);
    await endSessionsOf(tx, code);
    await audit(tx, { by: ctx.user, action: 'sessions.ended', object: code, detail: { sessions: sessions.length }, address: ctx.address });
    return sessions;
  });
  for (const { idHash } of ended) ctx.live.endSession(idHash);
  see(ctx, paths.user(code));
}
