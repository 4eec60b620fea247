// 登录, 退出, 用户密码修改, language.
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hash, verify } from '@node-rs/argon2';
import svgCaptcha from 'svg-captcha';
import { audit } from '../../db/audit.ts';
import {
  captchaImage,
  endSession,
  endSessionsOf,
  forgetFailures,
  keepCaptcha,
  LOCK_AFTER,
  openSession,
  recentFailures,
  recordFailure,
  solveCaptcha,
} from '../../db/sessions.ts';
import { findUser, setPassword, type UserRow } from '../../db/users.ts';
import { type Ctx, field, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { isLanguage } from '../text/index.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { passwordPage, signInPage } from './views.ts';

export const authRoutes: Route[] = [
  { method: 'GET', path: '/sign-in', right: 'public', handle: (ctx) => showSignIn(ctx, { next: query(ctx, 'next') }) },
  { method: 'POST', path: '/sign-in', right: 'public', handle: signIn },
  { method: 'GET', path: '/captcha/:id.svg', right: 'public', handle: showCaptcha },
  { method: 'POST', path: '/language', right: 'public', handle: chooseLanguage },
  { method: 'POST', path: '/sign-out', right: 'signedIn', handle: signOut },
  { method: 'GET', path: '/password', right: 'signedIn', handle: async (ctx) => page(ctx, await passwordPage(ctx, {})) },
  { method: 'POST', path: '/password', right: 'signedIn', handle: changePassword },
];

/** Only a path of our own, so that nobody is led elsewhere after signing in. */
const ownPath = (next: string) => (/^\/(?![/\\])[^\s\\]*$/.test(next) ? next : paths.home());

async function showSignIn(ctx: Ctx, given: { next: string; account?: string; fault?: string; status?: number }): Promise<void> {
  let captchaId: string | null = null;
  if (ctx.settings.LOGIN_CAPTCHA === 'on') {
    const { text: answer, data: image } = svgCaptcha.create({ size: 4, noise: 2, ignoreChars: '0oO1iIlLqg9', color: false, background: '#f4f5f7' });
    const id = randomBytes(12).toString('base64url');
    await ctx.db.transaction((tx) => keepCaptcha(tx, { id, answer, image }));
    captchaId = id;
  }
  page(ctx, signInPage(ctx, { ...given, captchaId }), given.status ?? 200);
}

async function showCaptcha(ctx: Ctx): Promise<void> {
  const image = await captchaImage(ctx.db, param(ctx, 'id'));
  if (image === null) throw notFound();
  ctx.res.type('svg').set('Cache-Control', 'no-store').send(image);
}

/** An unknown account costs as much time as a wrong password. */
const nobodysHash = hash('nobody');

async function signIn(ctx: Ctx): Promise<void> {
  const body: unknown = ctx.req.body;
  const [account, password, next] = [field(body, 'account', 40).trim(), field(body, 'password', 200), field(body, 'next', 500)];
  const again = (fault: string, status: number) => showSignIn(ctx, { next, account, fault, status });
  if (ctx.settings.LOGIN_CAPTCHA === 'on') {
    const solved = await ctx.db.transaction((tx) => solveCaptcha(tx, field(body, 'captchaId', 40), field(body, 'captcha', 20)));
    if (!solved) return again(ctx.text.signIn.captchaWrong, 422);
  }
  const failures = await recentFailures(ctx.db, account, ctx.address);
  if (failures.fromHere >= LOCK_AFTER) {
    await ctx.db.transaction((tx) => audit(tx, { by: { code: account, name: '' }, action: 'signIn.locked', object: account, address: ctx.address }));
    return again(ctx.text.signIn.locked, 429);
  }
  await pause(Math.min(2000, failures.fromElsewhere * 200));
  const user = await findUser(ctx.db, account);
  const right = await verify(user?.passwordHash ?? (await nobodysHash), password);
  if (!user || !right || user.status !== 'active') {
    await ctx.db.transaction(async (tx) => {
      await recordFailure(tx, account, ctx.address);
      await audit(tx, { by: { code: account, name: user?.name ?? '' }, action: 'signIn.failed', object: account, address: ctx.address });
    });
    return again(ctx.text.signIn.wrong, 422);
  }
  await enter(ctx, user);
  ctx.res.redirect(303, user.mustChangePassword ? paths.password() : ownPath(next));
}

async function enter(ctx: Ctx, user: UserRow): Promise<void> {
  const cookie = randomBytes(32).toString('base64url');
  const idHash = createHash('sha256').update(cookie).digest('hex');
  await ctx.db.transaction(async (tx) => {
    await forgetFailures(tx, user.code, ctx.address);
    await openSession(tx, idHash, user.code, ctx.address);
    await audit(tx, { by: user, action: 'signIn', object: user.code, address: ctx.address });
  });
  ctx.res.cookie('zf_session', cookie, { httpOnly: true, sameSite: 'lax', secure: ctx.settings.NODE_ENV === 'production' });
}

async function signOut(ctx: SignedInCtx): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await endSession(tx, ctx.sessionHash);
    await audit(tx, { by: ctx.user, action: 'signOut', object: ctx.user.code, address: ctx.address });
  });
  ctx.live.endSession(ctx.sessionHash);
  ctx.res.clearCookie('zf_session');
  see(ctx, paths.signIn());
}

async function chooseLanguage(ctx: Ctx): Promise<void> {
  const language = field(ctx.req.body, 'language', 5);
  if (isLanguage(language)) ctx.res.cookie('zf_lang', language, { sameSite: 'lax', maxAge: 365 * 86_400_000 });
  ctx.res.redirect(303, ownPath(field(ctx.req.body, 'back', 500)));
}

async function changePassword(ctx: SignedInCtx): Promise<void> {
  const body: unknown = ctx.req.body;
  const [old, fresh, again] = [field(body, 'old', 200), field(body, 'fresh', 200), field(body, 'again', 200)];
  const user = await findUser(ctx.db, ctx.user.code);
  const words = ctx.text.password;
  const faults: Record<string, string> = {};
  if (!user || !(await verify(user.passwordHash, old))) faults.old = words.wrong;
  if (isWeak(fresh, ctx.user.code)) faults.fresh = words.weak;
  else if (fresh === old) faults.fresh = words.same;
  if (fresh !== again) faults.again = words.different;
  if (Object.keys(faults).length > 0) return page(ctx, await passwordPage(ctx, { faults }), 422);
  const passwordHash = await hash(fresh);
  await ctx.db.transaction(async (tx) => {
    await setPassword(tx, ctx.user.code, passwordHash, false);
    await endSessionsOf(tx, ctx.user.code, ctx.sessionHash);
    await audit(tx, { by: ctx.user, action: 'password.changed', object: ctx.user.code, address: ctx.address });
  });
  page(ctx, await passwordPage(ctx, { done: notice('good', words.done) }));
}

function isWeak(password: string, code: string): boolean {
  return (
    password.length < 8 ||
    !/[a-z]/i.test(password) ||
    !/\d/.test(password) ||
    password.toLowerCase().includes(code.toLowerCase()) ||
    password.includes('888888')
  );
}
