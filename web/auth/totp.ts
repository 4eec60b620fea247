// 动态口令 of one's own: set up with a QR code, confirmed by a first code, turned off with another.
import { verify } from '@node-rs/argon2';
import { toString as qrCode } from 'qrcode';
import { audit } from '../../db/audit.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { endSessionsOf } from '../../db/sessions.ts';
import { beginTotp, confirmTotp, findTotp, recoveryCodesLeft, removeTotp } from '../../db/totp.ts';
import { findUser } from '../../db/users.ts';
import { field, page, type Route, type SignedInCtx, see } from '../http.ts';
import { fill } from '../text/index.ts';
import { type Hole, html } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { newSecret, openSecret, recoveryCodes, sealSecret, takeCode, uriOf } from './one-time-codes.ts';
import { needsCodes, signInPolicy } from './policy.ts';
import { inTurn } from './turns.ts';

export const totpRoutes: Route[] = [
  { method: 'GET', path: '/totp', right: 'signedIn', handle: (ctx) => show(ctx) },
  { method: 'GET', path: '/totp/qr.svg', right: 'signedIn', handle: qr },
  { method: 'POST', path: '/totp/beginning', right: 'signedIn', handle: begin },
  { method: 'POST', path: '/totp/confirmation', right: 'signedIn', handle: confirm },
  { method: 'POST', path: '/totp/removal', right: 'signedIn', handle: remove },
];

interface Said {
  fault?: string;
  notice?: Hole;
  codes?: readonly string[];
}

async function show(ctx: SignedInCtx, said: Said = {}): Promise<void> {
  const words = ctx.text.totp;
  const row = await findTotp(ctx.db, ctx.user.code);
  const required = needsCodes(await signInPolicy(ctx.db), ctx.user.rights);
  const codeField = html`<label class="line-field"><span>${words.code}</span><input class="field mono" name="code" autocomplete="one-time-code" maxlength="20" required></label>${said.fault && html`<p class="msg bad" role="alert">${said.fault}</p>`}`;
  const body = row?.confirmedAt
    ? html`<p><span class="tag good">${words.on}</span> ${fill(words.left, { n: await recoveryCodesLeft(ctx.db, ctx.user.code) })}</p>${said.codes && html`<section class="notice good"><p>${words.done}</p><ul class="codes mono">${said.codes.map((code) => html`<li>${code}</li>`)}</ul></section>`}
${required ? html`<p class="muted">${words.mustHave}</p>` : html`<form method="post" action="${paths.totp('removal')}" class="stack">${token(ctx)}${codeField}<button class="btn danger">${words.remove}</button></form>`}`
    : row
      ? html`<p>${words.scan}</p><p><img src="/totp/qr.svg" width="200" height="200" alt="QR"></p><p class="muted">${words.secret}: <span class="mono">${openSecret(ctx, ctx.user.code, row.secretCipher)}</span></p><form method="post" action="${paths.totp('confirmation')}" class="stack">${token(ctx)}${codeField}<button class="btn primary">${words.confirm}</button></form>`
      : html`<p><span class="tag">${words.off}</span></p><form method="post" action="${paths.totp('beginning')}" class="stack">${token(ctx)}<label class="line-field"><span>${ctx.text.signIn.password}</span><input class="field" type="password" name="password" autocomplete="current-password" maxlength="200" required></label>${said.fault && html`<p class="msg bad" role="alert">${said.fault}</p>`}<button class="btn primary">${words.begin}</button></form>`;
  const above = required && !row?.confirmedAt ? notice('warn', words.required) : said.notice;
  page(
    ctx,
    await layout(ctx, {
      title: words.title,
      crumbs: [{ label: ctx.text.desk.title, path: paths.desk() }, { label: words.title }],
      notice: above,
      body: html`<div class="head"><h1>${words.title}</h1></div><div class="page"><section class="card narrow">${body}</section></div>`,
    }),
    said.fault ? 422 : 200,
  );
}

async function qr(ctx: SignedInCtx): Promise<void> {
  const row = await findTotp(ctx.db, ctx.user.code);
  // Shown only until it is confirmed: whoever finds an open screen later learns nothing.
  if (!row || row.confirmedAt) return void ctx.res.status(404).end();
  const image = await qrCode(uriOf(ctx.user.code, openSecret(ctx, ctx.user.code, row.secretCipher)), { type: 'svg', margin: 1 });
  ctx.res.type('svg').set('Cache-Control', 'no-store').send(image);
}

/** The password is asked again: an open session alone must not bind the account to another device. */
async function begin(ctx: SignedInCtx): Promise<void> {
  if (!(await mayTry(ctx))) return show(ctx, { fault: ctx.text.signIn.tooMany });
  const user = await findUser(ctx.db, ctx.user.code);
  const right = user && (await inTurn(ctx.address, () => verify(user.passwordHash, field(ctx.req.body, 'password', 200))));
  if (!right) return show(ctx, { fault: ctx.text.password.wrong });
  await ctx.db.transaction((tx) => beginTotp(tx, ctx.user.code, sealSecret(ctx, ctx.user.code, newSecret())));
  see(ctx, paths.totp());
}

async function confirm(ctx: SignedInCtx): Promise<void> {
  const codes = recoveryCodes();
  if (!(await mayTry(ctx))) return show(ctx, { fault: ctx.text.signIn.tooMany });
  const done = await ctx.db.transaction(async (tx) => {
    const row = await findTotp(tx, ctx.user.code);
    if (!row || row.confirmedAt || !(await takeCode(ctx, tx, ctx.user.code, field(ctx.req.body, 'code', 20), false))) return false;
    await confirmTotp(tx, ctx.user.code, codes.hashes);
    await endSessionsOf(tx, ctx.user.code, ctx.sessionHash);
    await audit(tx, { by: ctx.user, action: 'totp.on', object: ctx.user.code, address: ctx.address });
    return true;
  });
  return show(ctx, done ? { codes: codes.shown } : { fault: ctx.text.totp.wrong });
}

async function remove(ctx: SignedInCtx): Promise<void> {
  if (needsCodes(await signInPolicy(ctx.db), ctx.user.rights)) return show(ctx, { fault: ctx.text.totp.mustHave });
  if (!(await mayTry(ctx))) return show(ctx, { fault: ctx.text.signIn.tooMany });
  const done = await ctx.db.transaction(async (tx) => {
    if (!(await takeCode(ctx, tx, ctx.user.code, field(ctx.req.body, 'code', 20)))) return false;
    await removeTotp(tx, ctx.user.code);
    await audit(tx, { by: ctx.user, action: 'totp.off', object: ctx.user.code, address: ctx.address });
    return true;
  });
  return show(ctx, done ? { notice: notice('good', ctx.text.totp.removed) } : { fault: ctx.text.totp.wrong });
}

/** Ten codes in a quarter of an hour, right or wrong. */
export const mayTry = ({ db, user }: Pick<SignedInCtx, 'db' | 'user'>) => mayCall(db, `code:${user.code}`, 10, 900_000);
