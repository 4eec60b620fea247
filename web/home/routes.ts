// 工作台: what waits, and what this user can open.
import { announcementsOn } from '../../db/announcements.ts';
import { type InboxRow, inboxCounts, inboxPage } from '../../db/inbox.ts';
import { workingCalendar } from '../../db/reference.ts';
import { findUser } from '../../db/users.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { signInPolicy } from '../auth/policy.ts';
import { page, type Route, type SignedInCtx } from '../http.ts';
import { nameIn } from '../people/matrix.ts';
import { fill, word } from '../text/index.ts';
import { attribute, type Hole, html } from '../ui/html.ts';
import { entryPath, layout, menuOf } from '../ui/layout.ts';
import { count, dueBadge, stateTag } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { morning } from './charts.ts';

/** So many of what waits, and of what was sent, stand on the page. */
const SHOWN = 8;

export const homeRoutes: Route[] = [
  { method: 'GET', path: '/', right: 'signedIn', handle: home },
  { method: 'GET', path: '/healthz', right: 'public', handle: async (ctx) => void ctx.res.type('text').send('ok') },
  { method: 'GET', path: '/readyz', right: 'public', handle: ready },
];

/** What this person has to do first: what waits for them and is overdue, what they sent, what everybody should know. */
async function home(ctx: SignedInCtx): Promise<void> {
  const { db, text, user } = ctx;
  const words = text.homePage;
  const inbox = user.rights.includes('inbox');
  const today = businessDate(Date.now());
  const [counts, waiting, sent, notes, policy, own, calendar, charts] = await Promise.all([
    inbox ? inboxCounts(db, user, {}) : null,
    inbox ? inboxPage(db, user, { tab: 'mine', sort: 'due' }, SHOWN) : [],
    inboxPage(db, user, { tab: 'started' }, SHOWN),
    announcementsOn(db, today),
    signInPolicy(db),
    findUser(db, user.code),
    workingCalendar(db),
    morning(ctx),
  ]);
  const age = own ? Math.floor((Date.now() - own.passwordChangedAt.getTime()) / 86_400_000) : 0;
  const overdue = waiting.filter((row) => row.overdue || (row.dueAt !== null && row.dueAt < Date.now())).length;
  const tile = (label: string, path: string, number: string, tone = '') =>
    html`<a class="card tile" href="${path}"><span>${label}</span><b class="num ${tone}">${number}</b></a>`;
  const list = (title: string, rows: readonly InboxRow[], all: string, none: string, of: (row: InboxRow) => Hole) =>
    html`<section class="card"><h2>${title} <a href="${all}">${text.common.all}</a></h2>${rows.length === 0 ? html`<p class="muted">${none}</p>` : html`<ul class="brief">${rows.map((row) => html`<li><a href="${paths.request(row.requestNo)}"><span class="tag brand-t">${word(text.kinds, row.kind)}</span> ${row.title}</a>${of(row)}</li>`)}</ul>`}</section>`;
  const body = html`<div class="head"><h1>${fill(words.hello, { name: user.name })}</h1></div><div class="page">
${age >= policy.remindDays && html`<p class="notice warn">${fill(text.password.old90, { n: age })} <a href="${paths.password()}">${text.password.title}</a></p>`}
${notes.length > 0 && html`<section class="card" id="announcements"><h2>${text.reference.names.announcements}</h2>${notes.map((note) => html`<details class="note"${attribute('open', true)}><summary>${note.title}</summary><p>${note.body}</p></details>`)}</section>`}
<div class="tiles">${counts && [tile(words.waiting, paths.inbox(), count(counts.mine)), tile(words.overdue, paths.inbox(), overdue === SHOWN ? `${SHOWN}+` : String(overdue), overdue > 0 ? 'bad' : '')]}${counts && tile(words.mine, paths.inbox({ tab: 'started' }), count(counts.started))}</div>
<div class="two">${inbox && list(words.waiting, waiting, paths.inbox(), text.inbox.empty, (row) => dueBadge(text, row.dueAt, Date.now(), calendar))}${list(words.sent, sent, paths.inbox({ tab: 'started' }), text.common.none, (row) => stateTag(text, row.state))}</div>
${charts}<h2 class="section">${words.modules}</h2><div class="tiles links">${(await menuOf(ctx)).map(({ entry }) => html`<a class="card tile" href="${entryPath(entry.code)}">${nameIn(ctx, entry)}</a>`)}</div></div>`;
  page(ctx, await layout(ctx, { title: words.title, crumbs: [], body, counts: counts ? { waiting: counts.mine } : {} }));
}

/** Ready when PostgreSQL, Temporal and what serves the terminals answer; names what does not, or that this web is closing. Each is given a second and a half. */
async function ready(ctx: Parameters<Extract<Route, { right: 'public' }>['handle']>[0]): Promise<void> {
  const inTime = (what: Promise<unknown>) =>
    Promise.race([
      what.then(
        () => 'ok',
        () => 'down',
      ),
      new Promise<string>((resolve) => setTimeout(() => resolve('down'), 1500).unref()),
    ]);
  const asked = [ctx.db.$client`select 1`.execute(), ctx.temporal.workflowService.getSystemInfo({}), ctx.exchange.ready()];
  const [postgres, temporal, terminals] = await Promise.all(asked.map(inTime));
  const web = ctx.closing.now ? 'closing' : 'ok';
  const told = { postgres, temporal, terminals, web };
  ctx.res.status(Object.values(told).every((one) => one === 'ok') ? 200 : 503).json(told);
}
