// 登录, 退出, 用户密码修改, language.
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hash, verify } from '@node-rs/argon2';
import svgCaptcha from 'svg-captcha';
import { audit } from '../../db/audit.ts';
import { rememberPassword } from '../../db/passwords.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { beginAttempt, captchaImage, endSession, endSessionsOf, forgetFailures, keepCaptcha, openSession, solveCaptcha } from '../../db/sessions.ts';
import { findTotp } from '../../db/totp.ts';
import { findUser, setPassword, type UserRow } from '../../db/users.ts';
import { type Ctx, cookies, field, notFound, page, param, query, type Route, type SignedInCtx, sameToken, see, sessionCookie } from '../http.ts';
import { isLanguage } from '../text/index.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { takeCode } from './one-time-codes.ts';
import { passwordFault } from './password-rules.ts';
import { signInPolicy } from './policy.ts';
import { inTurn } from './turns.ts';
import { codePage, passwordPage, signInPage } from './views.ts';

export const authRoutes: Route[] = [
  { method: 'GET', path: '/sign-in', right: 'public', handle: (ctx) => showSignIn(ctx, { next: query(ctx, 'next') }) },
  { method: 'POST', path: '/sign-in', right: 'public', handle: signIn },
  { method: 'POST', path: '/sign-in/code', right: 'public', handle: signInWithCode },
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
  const attempt = await ctx.db.transaction((tx) => beginAttempt(tx, account, ctx.address));
  if (attempt.locked) {
    await noted(ctx, account, 'signIn.locked');
    return again(ctx.text.signIn.locked, 429);
  }
  await pause(Math.min(2000, attempt.fromElsewhere * 200));
  const user = await findUser(ctx.db, account);
  const right = await inTurn(ctx.address, async () => verify(user?.passwordHash ?? (await nobodysHash), password));
  if (right === null) return again(ctx.text.signIn.busy, 503);
  if (!user || !right || user.status !== 'active') {
    await noted(ctx, account, 'signIn.failed', user?.name);
    return again(ctx.text.signIn.wrong, 422);
  }
  const { initialDays } = await signInPolicy(ctx.db);
  if (user.mustChangePassword && Date.now() - user.passwordChangedAt.getTime() > initialDays * 86_400_000) {
    await noted(ctx, account, 'signIn.failed', user.name);
    return again(ctx.text.signIn.initialExpired, 422);
  }
  if ((await findTotp(ctx.db, user.code))?.confirmedAt) return page(ctx, codePage(ctx, { next, pass: passFor(ctx, user.code), fault: null }));
  await enter(ctx, user);
  ctx.res.redirect(303, user.mustChangePassword ? paths.password() : ownPath(next));
}

const noted = (ctx: Ctx, account: string, action: string, name = '') =>
  ctx.db.transaction((tx) => audit(tx, { by: { code: account, name }, action, object: account, address: ctx.address }));

/** The password was right: five minutes to type the code, in this browser. */
const PASS_MS = 300_000;
function passFor(ctx: Ctx, userCode: string, until = Date.now() + PASS_MS): string {
  const said = `${userCode}.${until}`;
  return `${said}.${createHmac('sha256', ctx.settings.SESSION_SECRET).update(`code:${ctx.csrf}:${said}`).digest('base64url')}`;
}

async function signInWithCode(ctx: Ctx): Promise<void> {
  const body: unknown = ctx.req.body;
  const [pass, next] = [field(body, 'pass', 200), field(body, 'next', 500)];
  const [userCode = '', until = ''] = pass.split('.');
  if (!sameToken(pass, passFor(ctx, userCode, Number(until))) || Number(until) < Date.now())
    return showSignIn(ctx, { next, fault: ctx.text.signIn.expired, status: 422 });
  const attempt = await ctx.db.transaction((tx) => beginAttempt(tx, userCode, ctx.address));
  if (attempt.locked) {
    await noted(ctx, userCode, 'signIn.locked');
    return showSignIn(ctx, { next, account: userCode, fault: ctx.text.signIn.locked, status: 429 });
  }
  const user = await findUser(ctx.db, userCode);
  // Whoever has the password may come from many addresses: so many codes for the account, from wherever.
  const may = await mayCall(ctx.db, `code:${userCode}`, 10, 900_000);
  const right = may && user?.status === 'active' && (await ctx.db.transaction((tx) => takeCode(ctx, tx, userCode, field(body, 'code', 20))));
  if (!user || !right) {
    await noted(ctx, userCode, 'signIn.codeWrong', user?.name);
    return page(ctx, codePage(ctx, { next, pass, fault: ctx.text.totp.wrong }), 422);
  }
  await enter(ctx, user);
  ctx.res.redirect(303, user.mustChangePassword ? paths.password() : ownPath(next));
}

async function enter(ctx: Ctx, user: UserRow): Promise<void> {
  const cookie = randomBytes(32).toString('base64url');
  const idHash = createHash('sha256').update(cookie).digest('hex');
  const agent = (ctx.req.get('user-agent') ?? '').slice(0, 200);
  const former = cookies(ctx.req).get(sessionCookie(ctx.settings));
  await ctx.db.transaction(async (tx) => {
    await forgetFailures(tx, user.code, ctx.address);
    if (former) await endSession(tx, createHash('sha256').update(former).digest('hex'));
    await openSession(tx, { idHash, userCode: user.code, address: ctx.address, agent });
    await audit(tx, { by: user, action: 'signIn', object: user.code, address: ctx.address });
  });
  ctx.res.cookie(sessionCookie(ctx.settings), cookie, { httpOnly: true, sameSite: 'lax', path: '/', secure: ctx.settings.NODE_ENV === 'production' });
}

async function signOut(ctx: SignedInCtx): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    await endSession(tx, ctx.sessionHash);
    await audit(tx, { by: ctx.user, action: 'signOut', object: ctx.user.code, address: ctx.address });
  });
  ctx.live.endSession(ctx.sessionHash);
  ctx.res.clearCookie(sessionCookie(ctx.settings), { path: '/', secure: ctx.settings.NODE_ENV === 'production' });
  see(ctx, paths.signIn());
}

async function chooseLanguage(ctx: Ctx): Promise<void> {
  const language = field(ctx.req.body, 'language', 5);
  if (isLanguage(language))
    ctx.res.cookie('zf_lang', language, { httpOnly: true, sameSite: 'lax', secure: ctx.settings.NODE_ENV === 'production', maxAge: 365 * 86_400_000 });
  ctx.res.redirect(303, ownPath(field(ctx.req.body, 'back', 500)));
}

async function changePassword(ctx: SignedInCtx): Promise<void> {
  const body: unknown = ctx.req.body;
  const [old, fresh, again] = [field(body, 'old', 200), field(body, 'fresh', 200), field(body, 'again', 200)];
  const user = await findUser(ctx.db, ctx.user.code);
  if (!user) throw notFound();
  const words = ctx.text.password;
  const faults: Record<string, string> = {};
  // A stolen session may not try out the old password for ever.
  if (!(await mayCall(ctx.db, `password:${user.code}`, 10, 900_000)))
    return page(ctx, await passwordPage(ctx, { faults: { old: ctx.text.signIn.tooMany } }), 429);
  const right = await inTurn(ctx.address, () => verify(user.passwordHash, old));
  if (!right) faults.old = right === null ? ctx.text.signIn.busy : words.wrong;
  else {
    const fault = await inTurn(ctx.address, () => passwordFault(ctx, user, fresh));
    if (fault) faults.fresh = words.faults[fault];
  }
  if (fresh !== again) faults.again = words.different;
  if (Object.keys(faults).length > 0) return page(ctx, await passwordPage(ctx, { faults }), 422);
  const passwordHash = await hash(fresh);
  await ctx.db.transaction(async (tx) => {
    await rememberPassword(tx, user.code, user.passwordHash);
    await setPassword(tx, user.code, passwordHash, false);
    await endSessionsOf(tx, user.code, ctx.sessionHash);
    await audit(tx, { by: ctx.user, action: 'password.changed', object: user.code, address: ctx.address });
  });
  page(ctx, await passwordPage(ctx, { done: notice('good', words.done) }));
}
