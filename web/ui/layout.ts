// The frame of every page: top bar, menu by right, breadcrumb.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Db, together } from '../../db/connect.ts';
import { waitingCount } from '../../db/inbox.ts';
import { UNREAD_LIMIT, unread } from '../../db/notifications.ts';
import { type MenuRow, menuRows } from '../../db/rights.ts';
import { kindNames, kindRule, reviews } from '../../workflows/rules/kinds.ts';
import { reportNames, shapeOf } from '../../workflows/rules/reports.ts';
import { type Ctx, pageOf, type SignedInCtx } from '../http.ts';
import { fill, type Language, type Text } from '../text/index.ts';
import { attribute, type Hole, html, type Raw } from './html.ts';
import { count } from './parts.ts';
import { paths } from './paths.ts';

const version = createHash('sha256')
  .update(readFileSync(fileURLToPath(new URL('../assets/app.css', import.meta.url))))
  .update(readFileSync(fileURLToPath(new URL('../assets/app.js', import.meta.url))))
  .update(readFileSync(fileURLToPath(new URL('../assets/inbox.js', import.meta.url))))
  .digest('hex')
  .slice(0, 10);

/** Which function opens which page; a function that is not built yet has no entry in the menu. */
const entries: Record<string, { path: () => string; starts: string }> = {
  ...Object.fromEntries(kindNames.map((kind) => [kindRule(kind).submitRight, { path: () => paths.drafts(kind), starts: paths.drafts(kind) }])),
  ...Object.fromEntries(Object.entries(reviews).map(([right, kind]) => [right, { path: () => paths.inbox({ kind }), starts: paths.inbox({ kind }) }])),
  inbox: { path: () => paths.inbox(), starts: '/inbox' },
  merchantInfo: { path: () => paths.merchants(), starts: '/merchants' },
  terminalInfo: { path: () => paths.terminals(), starts: '/terminals' },
  transactionQuery: { path: () => paths.transactions(), starts: '/transactions' },
  riskAlerts: { path: () => paths.alerts(), starts: '/alerts' },
  bankLines: { path: () => paths.bankLines(), starts: '/bank-lines' },
  ...Object.fromEntries(
    reportNames.filter((name) => !shapeOf(name).within).map((name) => [shapeOf(name).right, { path: () => paths.report(name), starts: paths.report(name) }]),
  ),
  ledger: { path: () => paths.ledger(), starts: '/ledger' },
  publicInformation: { path: () => paths.announcements(), starts: '/announcements' },
  userManagement: { path: () => paths.users(), starts: '/users' },
  groupManagement: { path: () => paths.groups(), starts: '/groups' },
  moduleManagement: { path: () => paths.modules(), starts: '/modules' },
  auditLog: { path: () => paths.audit(), starts: '/audit' },
  passwordChange: { path: () => paths.password(), starts: '/password' },
};

export interface Crumb {
  label: string;
  path?: string;
}

export interface Frame {
  title: string;
  crumbs?: readonly Crumb[];
  /** Which menu entry is current, where the address does not tell. */
  entry?: string;
  /** Where the page belongs, when it answers a posted form: the browser goes on as if it had been sent there. */
  address?: string;
  /** What the handler has counted already. */
  counts?: Partial<FrameCounts>;
  /** A notice above the content. */
  notice?: Hole;
  body: Hole;
}

/** Requests that wait for this user, and notices unread. */
export interface FrameCounts {
  waiting: number;
  news: number;
}

/** What the frame counts, asked beside what a page shows; notices of the request that is being read (`reading`) are no news any more. */
export async function frameCounts(ctx: SignedInCtx, reading = '', known: Partial<FrameCounts> = {}): Promise<FrameCounts> {
  if (known.waiting !== undefined && known.news !== undefined) return { waiting: known.waiting, news: known.news };
  return together(ctx.db, async (db) => {
    const [waiting, news] = await Promise.all([known.waiting ?? waitingFor({ ...ctx, db }), known.news ?? unread(db, ctx.user.code, reading)]);
    return { waiting, news };
  });
}

/** A whole page for somebody signed in. */
export async function layout(ctx: SignedInCtx, frame: Frame): Promise<Raw> {
  const { text, language } = ctx;
  const [menu, { waiting, news }] = await Promise.all([menuOf(ctx), frameCounts(ctx, '', frame.counts)]);
  return shell(
    text,
    language,
    frame.title,
    html`<body class="app"><a class="skip" href="#content">${text.skip}</a>
<header class="top"><details class="drawer"><summary class="btn" aria-label="${text.menu}">☰</summary><nav class="menu" aria-label="${text.menu}">${menuItems(ctx, menu, frame, waitingBadge('drawer', waiting))}</nav></details>
<a class="brand" href="${paths.home()}"><span>账</span>房</a><span class="muted product">${text.product}</span>${ctx.settings.DEMO !== 'off' && html`<span class="tag warn env">${text.demo}</span>`}
<span class="grow"></span><form method="post" action="${paths.language()}" class="inline">${token(ctx)}<input type="hidden" name="language" value="${language === 'zh' ? 'en' : 'zh'}"><input type="hidden" name="back" value="${frame.address || pageOf(ctx.req)}"><button class="link" lang="${language === 'zh' ? 'en' : 'zh-CN'}">${text.other}</button></form>
<a class="bell" href="${paths.notifications()}" aria-label="${text.desk.notices}${news > 0 ? `: ${fill(text.desk.unread, { n: news })}` : ''}">${text.desk.notices}${news > 0 && html` <span class="badge">${news >= UNREAD_LIMIT ? '99+' : news}</span>`}</a>
<a class="user" href="${paths.desk()}" title="${text.desk.title}"><span class="face" aria-hidden="true">${[...ctx.user.name][0]}</span><span>${ctx.user.name} <small>${ctx.user.code}</small></span></a>
<form method="post" action="${paths.signOut()}" class="inline">${token(ctx)}<button class="link">${text.signIn.out}</button></form></header>
<nav class="menu side" aria-label="${text.menu}">${menuItems(ctx, menu, frame, waitingBadge('side', waiting))}</nav>
<main class="view" id="content" tabindex="-1">${breadcrumb(text, frame.crumbs ?? [{ label: frame.title }])}
<div id="notices" role="status">${frame.notice}</div>${frame.body}</main></body>`,
    frame.address,
  );
}

function breadcrumb(text: Text, own: readonly Crumb[], oob = false): Raw {
  const crumbs: Crumb[] = [{ label: text.home, path: paths.home() }, ...own];
  return html`<nav class="crumbs" id="crumbs" aria-label="breadcrumb"${attribute('hx-swap-oob', oob && 'innerHTML')}>${crumbs.map((crumb, i) => html`${i > 0 && html`<span aria-hidden="true">/</span>`}${crumb.path && i < crumbs.length - 1 ? html`<a href="${crumb.path}">${crumb.label}</a>` : html`<span>${crumb.label}</span>`}`)}</nav>`;
}

/** How many wait, beside 待办 in the menu (`side`) and in the menu of small screens (`drawer`). */
function waitingBadge(place: 'side' | 'drawer', waiting: number, oob = false): Raw {
  return html`<span class="badge" id="waiting-${place}"${attribute('hx-swap-oob', oob && 'outerHTML')}${attribute('hidden', waiting === 0)}>${count(waiting)}</span>`;
}

/** What stands around the content and changes with a part of it: breadcrumb and menu badge, for a fragment that htmx swaps in. */
export async function around(ctx: SignedInCtx, crumbs: readonly Crumb[], waiting?: number): Promise<Raw> {
  const n = waiting ?? (await waitingFor(ctx));
  return html`${breadcrumb(ctx.text, crumbs, true)}${waitingBadge('side', n, true)}${waitingBadge('drawer', n, true)}`;
}

async function waitingFor(ctx: SignedInCtx): Promise<number> {
  return ctx.user.rights.includes('inbox') ? waitingCount(ctx.db, ctx.user) : 0;
}

/** Hidden field that every form which changes something carries. */
export const token = (ctx: Ctx): Raw => html`<input type="hidden" name="_csrf" value="${ctx.csrf}">`;

export function shell(text: Text, language: Language, title: string, body: Raw, address?: string): Raw {
  return html`<!doctype html><html lang="${language === 'zh' ? 'zh-CN' : 'en'}"${attribute('data-address', address || null)}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} · 账房</title>
<meta name="color-scheme" content="light dark"><meta name="description" content="${text.product}"><meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":"reload","noSwap":[204,401,403,409,413,429,500,503]}'>
<link rel="stylesheet" href="/assets/app.css?${version}"><link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><script src="/assets/htmx.js?4.0.1" defer></script><script src="/assets/hx-sse.js?4.0.1" defer></script><script src="/assets/app.js?${version}" defer></script><script src="/assets/inbox.js?${version}" defer></script></head>${body}</html>`;
}

export function errorPage(text: Text, language: Language, message: string): Raw {
  return shell(
    text,
    language,
    message,
    html`<body class="plain"><main class="card narrow"><p class="brand"><span>账</span>房</p><h1>${message}</h1><p><a href="${paths.home()}">${text.home}</a></p></main></body>`,
  );
}

/** The same for somebody signed in, inside the frame. */
export const refusedPage = (ctx: SignedInCtx, message: string): Promise<Raw> =>
  layout(ctx, {
    title: message,
    body: html`<div class="page"><section class="card narrow"><h1>${message}</h1><p><a href="${paths.home()}">${ctx.text.home}</a></p></section></div>`,
  });

let menu: { rows: MenuRow[]; at: number } | null = null;
/** Where the menu leads for a function. */
export const entryPath = (code: string): string => entries[code]?.path() ?? paths.home();

/** The menu of this user. */
export async function menuOf(ctx: SignedInCtx): Promise<MenuRow[]> {
  if (!menu || Date.now() - menu.at > 5000) menu = { rows: await menuRows(ctx.db as Db), at: Date.now() };
  return menu.rows.filter(({ entry }) => ctx.user.rights.includes(entry.code) && entries[entry.code]);
}

function menuItems(ctx: SignedInCtx, rows: MenuRow[], frame: Frame, badge: Raw): Hole {
  const current = frame.entry ?? rows.find(({ entry }) => ctx.req.path === entries[entry.code]?.starts)?.entry.code;
  const modules = [...new Map(rows.map((row) => [row.module.code, row.module])).values()];
  const name = (row: { nameZh: string; nameEn: string }) => (ctx.language === 'zh' ? row.nameZh : row.nameEn);
  // A module whose parent shows nothing itself stands at the top.
  const inside = (code: string | null): Hole =>
    modules.filter((one) => (modules.some((above) => above.code === one.parentCode) ? one.parentCode : null) === code).map(branch);
  const branch = (module: MenuRow['module']): Raw => {
    const links = rows
      .filter((row) => row.module.code === module.code)
      .map(
        ({ entry }) =>
          html`<a href="${entries[entry.code]?.path()}"${attribute('aria-current', entry.code === current && 'page')}>${name(entry)}${entry.code === 'inbox' && badge}</a>`,
      );
    return html`<details open><summary>${name(module)}</summary>${links}${inside(module.code)}</details>`;
  };
  return inside(null);
}
