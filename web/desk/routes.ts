// 个人设置 and 提醒: keys, 常用语, saved views of the inbox, notices.
import { audit } from '../../db/audit.ts';
import { markRead, notices } from '../../db/notifications.ts';
import { moveUp, preferencesOf, removeView, savePreferences, saveView, toggleDefault } from '../../db/preferences.ts';
import { endOwnSession, type SessionShown, sessionsOf } from '../../db/sessions.ts';
import { field, page, param, type Route, type SignedInCtx, see } from '../http.ts';
import { filterFrom, textOfFilter } from '../inbox/filter.ts';
import { sessionTable } from '../people/users.ts';
import { line } from '../requests/timeline.ts';
import { html } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { moment, notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

const viewAct = (path: string, change: (ctx: SignedInCtx, id: number) => Promise<void>): Route => ({
  method: 'POST',
  path: `/inbox/views/:id/${path}`,
  right: ['inbox'],
  async handle(ctx: SignedInCtx) {
    const id = Number(param(ctx, 'id'));
    if (Number.isSafeInteger(id)) await change(ctx, id);
    see(ctx, `${paths.inbox()}?tab=mine`);
  },
});

export const deskRoutes: Route[] = [
  { method: 'GET', path: '/desk', right: 'signedIn', handle: (ctx: SignedInCtx) => show(ctx) },
  { method: 'POST', path: '/desk/keys', right: 'signedIn', handle: switchKeys },
  { method: 'POST', path: '/desk/sessions', right: 'signedIn', handle: endOne },
  { method: 'POST', path: '/desk/phrases', right: 'signedIn', handle: savePhrases },
  { method: 'GET', path: '/notifications', right: 'signedIn', handle: list },
  { method: 'POST', path: '/notifications/read', right: 'signedIn', handle: readAll },
  { method: 'POST', path: '/inbox/views', right: ['inbox'], handle: keepView },
  viewAct('removal', (ctx, id) => ctx.db.transaction((tx) => removeView(tx, ctx.user.code, id))),
  viewAct('default', (ctx, id) => ctx.db.transaction((tx) => toggleDefault(tx, ctx.user.code, id))),
  viewAct('up', (ctx, id) => ctx.db.transaction((tx) => moveUp(tx, ctx.user.code, id))),
];

const MOST_PHRASES = 20;

async function show(ctx: SignedInCtx, said?: string, typed?: string, status = 200): Promise<void> {
  const words = ctx.text.desk;
  const [{ keys, phrases }, sessions] = await Promise.all([preferencesOf(ctx.db, ctx.user.code), sessionsOf(ctx.db, ctx.user.code)]);
  const ending = (one: SessionShown) =>
    one.idHash === ctx.sessionHash
      ? html`<span class="tag brand-t">${ctx.text.users.thisOne}</span>`
      : html`<form method="post" action="${paths.desk('sessions')}" class="inline">${token(ctx)}<input type="hidden" name="session" value="${one.idHash}"><button class="link">${ctx.text.users.endOther}</button></form>`;
  const body = html`<div class="head"><h1>${words.title}</h1></div><div class="page"><section class="card"><h2>${words.keys}</h2><form method="post" action="${paths.desk('keys')}" class="inline">${token(ctx)}<input type="hidden" name="keys" value="${keys ? 'off' : 'on'}"><span>${keys ? words.keysOn : words.keysOff}</span><button class="btn">${keys ? ctx.text.keys.turnOff : ctx.text.keys.turnOn}</button></form></section>
<section class="card"><h2>${words.sessions}</h2>${sessionTable(ctx, sessions, ending)}</section><section class="card"><h2>${ctx.text.totp.title}</h2><p><span class="tag ${ctx.totp ? 'good' : ''}">${ctx.totp ? ctx.text.totp.on : ctx.text.totp.off}</span> <a href="${paths.totp()}">${ctx.text.totp.title}</a> · <a href="${paths.password()}">${ctx.text.password.title}</a></p></section>
<section class="card"><h2>${words.phrases}</h2><form method="post" action="${paths.desk('phrases')}" class="decision">${token(ctx)}<label for="phrases">${words.phrasesHint}</label><textarea class="field" id="phrases" name="phrases" rows="8">${typed ?? phrases.join('\n')}</textarea><p class="msg bad">${said}</p><div class="buttons"><button class="btn primary">${ctx.text.common.confirm}</button></div></form></section></div>`;
  page(ctx, await layout(ctx, { title: words.title, body }), status);
}

/** Ends another session of one's own. */
async function endOne(ctx: SignedInCtx): Promise<void> {
  const idHash = field(ctx.req.body, 'session', 64);
  const ended = await ctx.db.transaction(async (tx) => {
    if (!(await endOwnSession(tx, ctx.user.code, idHash))) return false;
    await audit(tx, { by: ctx.user, action: 'sessions.ended', object: ctx.user.code, detail: { own: true }, address: ctx.address });
    return true;
  });
  if (ended) ctx.live.endSession(idHash);
  see(ctx, paths.desk());
}

async function switchKeys(ctx: SignedInCtx): Promise<void> {
  const { phrases } = await preferencesOf(ctx.db, ctx.user.code);
  const keys = field(ctx.req.body, 'keys', 3) === 'on';
  await ctx.db.transaction((tx) => savePreferences(tx, ctx.user.code, { keys, phrases }));
  see(ctx, paths.desk());
}

async function savePhrases(ctx: SignedInCtx): Promise<void> {
  const typed = field(ctx.req.body, 'phrases', 8000);
  const phrases = [...new Set(typed.split('\n').map((one) => one.trim()))].filter(Boolean);
  if (phrases.length > MOST_PHRASES || phrases.some((one) => [...one].length > 200)) return show(ctx, ctx.text.desk.phrasesFault, typed, 422);
  const { keys } = await preferencesOf(ctx.db, ctx.user.code);
  await ctx.db.transaction((tx) => savePreferences(tx, ctx.user.code, { keys, phrases }));
  see(ctx, paths.desk());
}

/** Keeps the filters that are set now under a name; they are read and written anew, so that nothing else is kept. */
async function keepView(ctx: SignedInCtx): Promise<void> {
  const name = [...field(ctx.req.body, 'name', 60).trim()].slice(0, 20).join('');
  const query = textOfFilter(filterFrom(field(ctx.req.body, 'query', 500)));
  if (name !== '') await ctx.db.transaction((tx) => saveView(tx, ctx.user.code, name, query));
  see(ctx, `${paths.inbox()}?${query || 'tab=mine'}`);
}

async function list(ctx: SignedInCtx): Promise<void> {
  const words = ctx.text.desk;
  const rows = await notices(ctx.db, ctx.user.code, 100);
  const fresh = rows.some((row) => row.readAt === null);
  const body = html`<div class="head"><h1>${words.notices}</h1><span class="grow"></span>${fresh && html`<form method="post" action="${paths.notifications('read')}" class="inline">${token(ctx)}<button class="btn">${words.readAll}</button></form>`}</div>
<div class="page"><section class="card">${rows.length === 0 && notice('good', words.none)}<ul class="notices">${rows.map((row) => html`<li${row.readAt === null && html` class="unread"`}>${moment(row.at)} <a href="${paths.request(row.requestNo)}">${row.title}</a> <span class="mono muted">${row.requestNo}</span><ol class="happened">${line(ctx.text, row.event)}</ol></li>`)}</ul></section></div>`;
  page(ctx, await layout(ctx, { title: words.notices, body }));
}

async function readAll(ctx: SignedInCtx): Promise<void> {
  await ctx.db.transaction((tx) => markRead(tx, ctx.user.code));
  see(ctx, paths.notifications());
}
