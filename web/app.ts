// The application: security headers, sessions and rights around the routes. Everything a request meets before its handler is here, in order.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type Express, type NextFunction, type Request as Req, type Response as Res } from 'express';
import helmet from 'helmet';
import { audit } from '../db/audit.ts';
import { readSession, type SignedIn } from '../db/sessions.ts';
import { log, within } from '../stack/log.ts';
import { needsCodes, type SignInPolicy, signInPolicy } from './auth/policy.ts';
import {
  type Ctx,
  cookies,
  type Deps,
  field,
  formToken,
  fromElsewhere,
  HttpError,
  languageOf,
  mayUse,
  notFound,
  page,
  pageOf,
  type Route,
  type SignedInCtx,
  sameToken,
  see,
  sessionCookie,
  textOf,
  wantsFragment,
} from './http.ts';
import { routes } from './routes.ts';
import { errorPage, refusedPage } from './ui/layout.ts';
import { paths } from './ui/paths.ts';

export function makeApp(deps: Deps): Express {
  const app = express();
  app.disable('x-powered-by').set('query parser', 'simple').set('trust proxy', deps.settings.TRUST_PROXY).set('etag', false);
  // The page that held a posted form is told to ourselves only.
  const referrerPolicy = { policy: 'same-origin' } as const;
  app.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: policy },
      referrerPolicy,
      strictTransportSecurity: deps.settings.NODE_ENV === 'production',
    }),
  );
  app.use('/assets', assets());
  app.use('/public-information/banks/import', express.urlencoded({ extended: false, limit: '2mb', parameterLimit: 10 }));
  app.use(express.urlencoded({ extended: false, limit: '200kb', parameterLimit: 1000 }));
  for (const route of routes) app[route.method === 'GET' ? 'get' : 'post'](route.path, (req, res) => enter(deps, route, req, res));
  app.options('/codec/decode', (req, res) => {
    allowTemporalUi(deps, req, res);
    res.set('Access-Control-Allow-Methods', 'POST').status(204).end();
  });
  // The address of a posted form, reloaded or linked to: back to the page that holds the form.
  for (const route of routes) if (route.method === 'POST') app.get(route.path, (req, res) => res.redirect(303, req.path.replace(/\/[^/]+\/?$/, '') || '/'));
  app.use((req, res) => {
    throwTo(deps, req, res, notFound());
  });
  app.use((error: unknown, req: Req, res: Res, _next: NextFunction) => throwTo(deps, req, res, error));
  return app;
}

const policy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
  objectSrc: ["'none'"],
};

function assets() {
  const serve = express.static(fileURLToPath(new URL('./assets/', import.meta.url)), { index: false, immutable: true, maxAge: '365d', etag: false });
  const file = (name: string) => readFileSync(fileURLToPath(import.meta.resolve('htmx.org').replace(/dist\/.*$/, `dist/${name}`)));
  const ofHtmx = new Map([
    ['/htmx.js', file('htmx.min.js')],
    ['/hx-sse.js', file('ext/hx-sse.min.js')],
  ]);
  return (req: Req, res: Res, next: NextFunction) => {
    const script = ofHtmx.get(req.path);
    if (script) res.type('js').set('Cache-Control', 'public, max-age=31536000, immutable').send(script);
    else serve(req, res, next);
  };
}

/** Every request is measured, and what it logs carries its id and its workflow's. */
function enter(deps: Deps, route: Route, req: Req, res: Res): Promise<void> {
  const began = performance.now();
  const requestId = /^[\w-]{8,64}$/.exec(req.get('X-Request-Id') ?? '')?.[0] ?? randomUUID();
  res.set('X-Request-Id', requestId);
  if (deps.closing.now) res.set('Connection', 'close');
  const { no } = req.params as { no?: string };
  return within({ requestId, ...(no ? { workflowId: no } : {}) }, () => {
    res.once('finish', () => {
      const ms = performance.now() - began;
      deps.metrics.answered(route.method, route.path, res.statusCode, ms);
      log.debug({ method: route.method, path: route.path, status: res.statusCode, ms: Math.round(ms) }, 'answered');
    });
    return admit(deps, route, req, res);
  });
}

/** Session, right and form token are checked here for every route; a handler is only reached when all hold. */
async function admit(deps: Deps, route: Route, req: Req, res: Res): Promise<void> {
  const ctx = context(deps, req, res);
  if (route.temporalUi) allowTemporalUi(deps, req, res);
  else if (route.method === 'POST' && fromElsewhere(req)) throw new HttpError(403, (text) => text.signIn.forged);
  if (route.right === 'public') {
    if (route.method === 'POST') checkToken(ctx, route);
    return route.handle(ctx);
  }
  const cookie = cookies(req).get(sessionCookie(deps.settings)) ?? '';
  const sessionHash = createHash('sha256').update(cookie).digest('hex');
  const signedIn = cookie === '' ? null : await readSession(deps.db, sessionHash, req.get('X-Background') === undefined);
  if (!signedIn) return toSignIn(ctx);
  if (signedIn.mustChangePassword && req.path !== paths.password() && req.path !== paths.signOut()) return see(ctx, paths.password());
  if (!signedIn.mustChangePassword && !signedIn.totp && mustEnrol(await signInPolicy(deps.db), signedIn, req.path)) return see(ctx, paths.totp());
  if (!mayUse(signedIn.actor, route.right)) {
    await deps.db.transaction((tx) =>
      audit(tx, { by: signedIn.actor, action: 'web.forbidden', object: `${req.method} ${req.path}`.slice(0, 200), address: ctx.address }),
    );
    throw new HttpError(403, (text) => text.signIn.forbidden);
  }
  if (route.method === 'POST' && !route.temporalUi) checkToken(ctx, route);
  const signed: SignedInCtx = { ...ctx, user: signedIn.actor, sessionHash, totp: signedIn.totp };
  await route.handle(signed).catch(async (error) => {
    // Somebody who is signed in keeps the menu when a page is not for them, or is not there.
    if (!(error instanceof HttpError) || wantsFragment(ctx) || res.headersSent) throw error;
    page(ctx, await refusedPage(signed, error.show(ctx.text)), error.status);
  });
}

/** Where parameters ask for one-time codes, nothing else opens before they are set up. */
const mustEnrol = (policy: SignInPolicy, { actor }: SignedIn, path: string) =>
  needsCodes(policy, actor.rights) && !path.startsWith(paths.totp()) && path !== paths.signOut() && path !== paths.password();

/** Only the origin that the settings name may read an answer, with the cookie of the auditor who is signed in. */
function allowTemporalUi(deps: Deps, req: Req, res: Res): void {
  const origin = req.get('Origin');
  const allowed = deps.settings.TEMPORAL_UI_ORIGIN;
  if (origin !== undefined && origin !== allowed) throw new HttpError(403, (text) => text.signIn.forbidden);
  if (origin)
    res.set({
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Headers': 'content-type,x-namespace',
      Vary: 'Origin',
    });
}

function context(deps: Deps, req: Req, res: Res): Ctx {
  const jar = cookies(req);
  let cookie = jar.get(sessionCookie(deps.settings)) ?? jar.get('zf_visitor');
  if (!cookie) {
    cookie = randomBytes(18).toString('base64url');
    res.cookie('zf_visitor', cookie, { httpOnly: true, sameSite: 'lax', secure: deps.settings.NODE_ENV === 'production' });
  }
  return {
    ...deps,
    req,
    res,
    text: textOf(req),
    language: languageOf(req),
    address: req.socket ? (req.ip ?? '') : '',
    csrf: formToken(deps.settings.SESSION_SECRET, cookie),
  };
}

/** A multipart form is read by its handler, so its token travels in the address. */
function checkToken(ctx: Ctx, route: Route): void {
  const given = field(route.multipart ? ctx.req.query : ctx.req.body, '_csrf', 100) || (ctx.req.get('X-CSRF') ?? '');
  if (!sameToken(given, ctx.csrf)) throw new HttpError(403, (text) => text.signIn.forged);
}

/** Back to the same page after sign-in; a form that was posted comes back to its page, with the draft as it was saved. */
function toSignIn(ctx: Ctx): void {
  const here = pageOf(ctx.req);
  ctx.res.clearCookie(sessionCookie(ctx.settings), { path: '/', secure: ctx.settings.NODE_ENV === 'production' });
  if (ctx.req.get('HX-Request') === 'true' || ctx.req.get('X-Background')) ctx.res.status(401).set('X-Sign-In', paths.signIn(here)).end();
  else ctx.res.redirect(303, paths.signIn(here));
}

function throwTo(deps: Deps, req: Req, res: Res, error: unknown): void {
  if (res.headersSent) return void res.end();
  const tooLarge = (error as { type?: string }).type === 'entity.too.large' || (error as { type?: string }).type === 'parameters.too.many';
  const status = (error as { status?: number }).status ?? 500;
  const badRequest = status >= 400 && status < 500;
  const known = error instanceof HttpError ? error : tooLarge ? new HttpError(413, (text) => text.signIn.tooLarge) : badRequest ? notFound() : null;
  if (!known) log.error({ err: error, path: req.path }, 'request failed');
  const text = textOf(req);
  const shown = known?.show(text) ?? text.signIn.fault;
  page(context(deps, req, res), errorPage(text, languageOf(req), shown), known?.status ?? 500);
}
