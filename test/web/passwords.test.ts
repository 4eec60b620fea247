// Passwords and one-time codes over HTTP.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hash } from '@node-rs/argon2';
import { sql } from 'drizzle-orm';
import { generateSync } from 'otplib';
import { addUser } from '../../db/users.ts';
import { DEMO_PASSWORD } from '../../stack/demo.ts';
import { openWorld, type World } from '../world.ts';
import { hidden, openSite, type Site } from './site.ts';

let world: World;
let site: Site;
before(async () => {
  world = await openWorld();
  site = await openSite(world);
});
after(async () => {
  await site.close();
  await world.close();
});

test('first sign-in with 888888 forces a change, and only then the modules open', async () => {
  const passwordHash = await hash('888888');
  await world.db.transaction((tx) => addUser(tx, { code: 'clerk009', name: '新录入员', passwordHash, mustChangePassword: true, status: 'active' }, ['02']));
  const person = await site.signIn('clerk009', '888888');
  assert.equal((await person.get('/merchant-openings')).location, '/password');
  assert.equal((await person.post('/merchant-openings')).location, '/password');
  await person.get('/password');
  const change = (old: string, fresh: string, again = fresh) => person.post('/password', { old, fresh, again });
  const [good, better] = ['Regen-am-Morgen-7', 'drei Kannen Tee im Zug'];
  await world.db.execute(sql`update app_user set password_changed_at = now() - interval '8 days' where code = 'clerk009'`);
  await assert.rejects(site.signIn('clerk009', '888888'), /422/, 'an initial password does not wait for ever');
  await world.db.execute(sql`update app_user set password_changed_at = now() where code = 'clerk009'`);
  assert.match((await change('wrong', good)).html, /旧密码不正确/);
  assert.match((await change('888888', 'Kurz-2026xx')).html, /新密码至少 12 位/);
  for (const weak of ['123456789012', 'password1234', 'qwertyuiop12', 'clerk009clerk009', 'ab888888cdxyz'])
    assert.match((await change('888888', weak)).html, /容易被猜到/, weak);
  assert.match((await change('888888', good, better)).html, /两次输入的新密码不一致/);
  const other = await site.signIn('clerk009', '888888');
  assert.equal((await change('888888', good)).status, 200);
  assert.equal((await person.get('/merchant-openings')).status, 200);
  assert.equal((await other.get('/')).location?.startsWith('/sign-in'), true, 'other sessions end with a password change');
  await world.db.execute(sql`delete from rate_limit`);
  const chosen = [good, better, 'Kastanien im Oktober', 'Nebel ueber der Bucht', 'sieben gelbe Regenschirme'];
  for (let i = 1; i < chosen.length; i++) assert.equal((await change(chosen[i - 1] ?? '', chosen[i] ?? '')).status, 200);
  for (const used of chosen.slice(1)) assert.match((await change(chosen[4] ?? '', used)).html, /最近 4 次/, used);
  assert.equal((await change(chosen[4] ?? '', good)).status, 422, 'the fifth last is the fourth that is kept');
});

test('one-time codes: set up with the secret, asked at sign-in, each good once; a recovery code helps once', async () => {
  const person = await site.signIn('leader01');
  await person.post('/totp/beginning', { password: DEMO_PASSWORD });
  const secret = /class="mono">([A-Z2-7]{16,})</.exec((await person.get('/totp')).html)?.[1] ?? '';
  assert.equal((await person.get('/totp/qr.svg')).status, 200);
  const now = Math.floor(Date.now() / 1000);
  const code = (shift = 0) => generateSync({ secret, epoch: now + shift });
  assert.match((await person.post('/totp/confirmation', { code: '000000' })).html, /动态口令不正确/);
  const shown = (await person.post('/totp/confirmation', { code: code(-30) })).html;
  const recovery = [...shown.matchAll(/<li>([A-Z2-9]{5}-[A-Z2-9]{5})<\/li>/g)].map(([, one = '']) => one);
  assert.equal(recovery.length, 10);
  assert.equal((await person.get('/totp/qr.svg')).status, 404, 'the secret is not shown again');
  assert.doesNotMatch((await person.get('/totp')).html, new RegExp(secret));
  const enter = async (typed: string) => {
    const visitor = site.visit();
    await visitor.get('/sign-in');
    const { html } = await visitor.post('/sign-in', { account: 'leader01', password: DEMO_PASSWORD, next: '/' });
    assert.equal((await visitor.get('/')).location?.startsWith('/sign-in'), true, 'a password alone opens nothing');
    return visitor.post('/sign-in/code', { pass: hidden(html, 'pass'), next: '/', code: typed });
  };
  assert.equal((await enter(code(-30))).status, 422, 'used when it was confirmed');
  assert.equal((await enter(code())).location, '/');
  assert.equal((await enter(code())).status, 422, 'each code is good once');
  assert.equal((await enter(recovery[0] ?? '')).location, '/');
  assert.equal((await enter(recovery[0] ?? '')).status, 422);
  const stranger = site.visit();
  await stranger.get('/sign-in');
  assert.equal((await stranger.post('/sign-in/code', { pass: `leader01.${Date.now() + 60_000}.forged`, next: '/', code: code(30) })).status, 422);
  assert.match((await person.post('/totp/removal', { code: recovery[1] ?? '' })).html, /已停用/);
  await world.db.execute(sql`delete from sign_in_failure`);
});

test('when a parameter asks reviewers for one-time codes, nothing else opens before they are set up', async () => {
  await world.db.execute(sql`update policy set value = 'on' where key = 'totp.reviewers'`);
  const fresh = await openSite(world);
  const [reviewer, clerk] = [await fresh.signIn('check001'), await fresh.signIn('clerk001')];
  for (let i = 0; i < 30 && (await reviewer.get('/inbox')).location !== '/totp'; i++) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await reviewer.get('/inbox')).location, '/totp');
  assert.equal((await reviewer.post('/requests/MO20990101000001/decision')).location, '/totp');
  assert.match((await reviewer.get('/totp')).html, /须使用动态口令/);
  assert.equal((await clerk.get('/merchant-openings')).status, 200);
  await world.db.execute(sql`update policy set value = 'off' where key = 'totp.reviewers'`);
  for (let i = 0; i < 30 && (await reviewer.get('/inbox')).status !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 100));
  await fresh.close();
});
