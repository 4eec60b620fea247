// What a handler gets and how it answers. Handlers are plain functions of a context; who may call them stands in the route.
import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Request as Req, Response as Res } from 'express';
import type { Db } from '../db/connect.ts';
import type { Settings } from '../stack/settings.ts';
import type { Actor } from '../workflows/rules/request.ts';
import type { Live } from './live/hub.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Exchange } from './terminal/exchange.ts';
import { isLanguage, type Language, languages, type Text } from './text/index.ts';
import type { Raw } from './ui/html.ts';

export interface Deps {
  db: Db;
  temporal: Client;
  settings: Settings;
  live: Live;
  exchange: Pick<Exchange, 'ready'>;
  metrics: Metrics;
  /** Set when the process has been told to stop: it finishes what it has and is not ready for more. */
  closing: { now: boolean };
}

export interface Ctx extends Deps {
  req: Req;
  res: Res;
  text: Text;
  language: Language;
  address: string;
  /** Token that every form of this page carries. */
  csrf: string;
}
export interface SignedInCtx extends Ctx {
  user: Actor;
  sessionHash: string;
  /** One-time codes are in force for this user. */
  totp: boolean;
}

/** `multipart`: the token travels in the address. `temporalUi`: called by Temporal's own UI from its origin, which cannot know our token. */
type Common = { method: 'GET' | 'POST'; path: string; multipart?: true; temporalUi?: true };
/** `right`: a function of the manual, several of which one is enough, or `signedIn`; `public` needs no session. */
export type Route =
  | (Common & { right: 'public'; handle(ctx: Ctx): Promise<void> })
  | (Common & { right: 'signedIn' | readonly string[]; handle(ctx: SignedInCtx): Promise<void> });

export const mayUse = (user: Actor, right: 'signedIn' | readonly string[]) => right === 'signedIn' || right.some((one) => user.rights.includes(one));

export function page(ctx: Ctx, body: Raw, status = 200): void {
  ctx.res.status(status).type('html').set('Cache-Control', 'no-store').send(body.text);
}

/** A workbook to be opened or saved, under its name. */
export function asWorkbook({ res }: Ctx, fileName: string): void {
  res.status(200).set({
    'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'Cache-Control': 'private, no-store',
  });
  // Whoever stops reading must not keep the connection that reads for them.
  res.setTimeout(UNREAD_MS, () => res.destroy());
}
const UNREAD_MS = 120_000;

/** 303, so that a reload never posts again. */
export function see(ctx: Ctx, path: string): void {
  // A header takes nothing but ASCII; a redirect sees to it itself.
  const ascii = path.toWellFormed().replaceAll(/[^\x21-\x7e]/gu, encodeURIComponent);
  if (ctx.req.get('HX-Request') === 'true') ctx.res.set('HX-Redirect', ascii).status(204).end();
  else ctx.res.redirect(303, path);
}

/** An answer other than a page of the handler's own: shown by the error page. */
export class HttpError extends Error {
  readonly status: number;
  readonly show: (text: Text) => string;
  constructor(status: number, show: (text: Text) => string) {
    super(`http ${status}`);
    this.status = status;
    this.show = show;
  }
}
export const notFound = () => new HttpError(404, (text) => text.signIn.notFound);
export const forbidden = () => new HttpError(403, (text) => text.signIn.forbidden);

/** One value of the body or the query as text; `max` code units are kept. */
export function field(source: unknown, name: string, max = 4000): string {
  const value = typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? kept(value.slice(0, max)) : '';
}
/** PostgreSQL keeps neither U+0000 nor half a surrogate pair. */
export const kept = (text: string) => text.replaceAll('\0', '').toWellFormed();
/** All values of a name that may stand several times. */
export const fields = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string').map(kept);

/**
 * The id of a command: what the form was given (or `given`), for this person, this object and all that they ask of it. Sent again it is the same command; an id that was used for
 * anything else, or by anybody else, stands for another one, so that no attempt hides behind it.
 */
export function commandIdOf({ req, user }: Pick<SignedInCtx, 'req' | 'user'>, object: string, action: string, content: unknown, given = ''): string {
  const form = given || field(req.body, 'commandId', 100) || randomUUID();
  return createHash('sha256')
    .update(JSON.stringify([user.code, object, action, form, content]))
    .digest('base64url');
}
export const param = (ctx: Ctx, name: string) => field(ctx.req.params, name, 100);
export const query = (ctx: Ctx, name: string, max = 200) => field(ctx.req.query, name, max);
export const wantsFragment = (ctx: Ctx) => ctx.req.get('HX-Request') === 'true' && ctx.req.get('HX-Boosted') !== 'true';
/** Whether htmx will put the answer into the element with this id. */
export const isFor = (ctx: Ctx, id: string) => ctx.req.get('HX-Request') === 'true' && (ctx.req.get('HX-Target') ?? '').endsWith(`#${id}`);

export function cookies(req: Req): Map<string, string> {
  const pairs = (req.get('cookie') ?? '').split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.flatMap(([name, value]) => (name && value ? [[name, value] as const] : [])));
}

/** Over https the name itself binds the cookie to this host and path. */
export const sessionCookie = ({ NODE_ENV }: Pick<Settings, 'NODE_ENV'>) => (NODE_ENV === 'production' ? '__Host-zf_session' : 'zf_session');

export function languageOf(req: Req): Language {
  const chosen = cookies(req).get('zf_lang');
  return isLanguage(chosen) ? chosen : 'zh';
}
export const textOf = (req: Req): Text => languages[languageOf(req)];

/** Form token: an HMAC of the cookie that stands for this browser. */
export const formToken = (secret: string, cookie: string) => createHmac('sha256', secret).update(`form:${cookie}`).digest('base64url');

export function sameToken(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A request that another site made the browser send is refused, whatever token it carries. */
export function fromElsewhere(req: Req): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site) return site !== 'same-origin' && site !== 'none';
  const origin = req.get('Origin');
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host !== req.get('host');
}

/** The page a person is on: its address, or for a posted form the page that held it. */
export function pageOf(req: Req): string {
  if (req.method === 'GET') return req.originalUrl;
  const referer = req.get('referer') ?? '';
  const url = URL.canParse(referer) ? new URL(referer) : null;
  return url && url.host === req.get('host') ? url.pathname + url.search : '/';
}
