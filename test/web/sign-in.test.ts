// Sign-in, sessions, form tokens and rights over HTTP.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eq, sql } from 'drizzle-orm';
import { auditEntries } from '../../db/audit.ts';
import { captcha, session } from '../../db/schema.ts';
import { findActor } from '../../db/users.ts';
import { createAdministrators } from '../../stack/admin-create.ts';
import { DEMO_PASSWORD, demoCodes } from '../../stack/demo.ts';
import { mayUse } from '../../web/http.ts';
import { routes } from '../../web/routes.ts';
import { openWorld, PAYLOAD_KEYS, type World } from '../world.ts';
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

test('a wrong password is refused with what was typed kept; five from one address lock the account for that address only', async () => {
  const thief = site.visit();
  await thief.get('/sign-in');
  for (let i = 0; i < 5; i++) {
    const answer = await thief.post('/sign-in', { account: 'leader01', password: `wrong${i}`, next: '/' });
    assert.equal(answer.status, 422);
    assert.match(answer.html, /账号或密码不正确/);
    assert.match(answer.html, /value="leader01"/);
  }
  const locked = await thief.post('/sign-in', { account: 'LEADER01', password: DEMO_PASSWORD, next: '/' });
  assert.equal(locked.status, 429);
  const elsewhere = site.visit();
  await elsewhere.get('/sign-in');
  const forwarded = { 'X-Forwarded-For': '192.0.2.7' };
  assert.equal((await elsewhere.post('/sign-in', { account: 'leader01', password: DEMO_PASSWORD, next: '/' }, forwarded)).status, 303);
  const told = await auditEntries(world.db, { object: 'leader01', action: 'signIn.failed' }, 10);
  assert.equal(told.length, 5);
});

test('unknown, disabled and absurd accounts are refused alike', async () => {
  const person = site.visit();
  await person.get('/sign-in');
  for (const account of ['nobody01', '', `'; drop table app_user; --`, '王'.repeat(400)]) {
    const answer = await person.post('/sign-in', { account, password: 'x', next: '/' });
    assert.equal(answer.status, 422);
    assert.match(answer.html, /账号或密码不正确/);
  }
  await world.db.execute(sql`update app_user set status = 'disabled' where code = 'check002'`);
  await assert.rejects(site.signIn('check002'), /422/);
  await world.db.execute(sql`update app_user set status = 'active' where code = 'check002'`);
});

test('50 guesses at the same moment are no more than five', async () => {
  const thieves = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const thief = site.visit();
      await thief.get('/sign-in');
      return thief;
    }),
  );
  const answers = await Promise.all(
    thieves.map((thief) => thief.post('/sign-in', { account: 'finance1', password: 'guess', next: '/' }, { 'X-Forwarded-For': '192.0.2.9' })),
  );
  assert.equal(answers.filter((answer) => answer.status === 422).length, 5);
  assert.equal(answers.filter((answer) => answer.status === 429).length, 45);
  await world.db.execute(sql`delete from sign_in_failure`);
});

test('own sessions are listed and can be ended; signing in again ends the session before', async () => {
  const [here, there] = [await site.signIn('clerk001'), await site.signIn('clerk001')];
  const { html } = await here.get('/desk');
  const others = [...html.matchAll(/name="session" value="([0-9a-f]{64})"/g)].map(([, id = '']) => id);
  assert.ok(others.length >= 1);
  for (const id of others) await here.post('/desk/sessions', { session: id });
  assert.equal((await there.get('/')).location?.startsWith('/sign-in'), true);
  const before = here.cookies.get('zf_session');
  await here.get('/sign-in');
  await here.post('/sign-in', { account: 'clerk001', password: DEMO_PASSWORD, next: '/' });
  assert.notEqual(here.cookies.get('zf_session'), before);
  const thief = site.visit();
  thief.cookies.set('zf_session', before ?? '');
  assert.equal((await thief.get('/')).location?.startsWith('/sign-in'), true, 'the cookie of before is worth nothing');
});

test('admin:create makes the first two administrators of an empty installation, then refuses', async () => {
  const people = [
    { code: 'chief001', name: '甲' },
    { code: 'chief002', name: '乙' },
  ];
  assert.match((await createAdministrators(world.databaseUrl, people)) ?? '', /users already/);
  await world.asOwner(
    'create table kept_user as select * from app_user; create table kept_member as select * from group_member; create table kept_session as select * from session; create table kept_history as select * from password_history; truncate app_user cascade',
  );
  assert.match((await createAdministrators(world.databaseUrl, people.slice(1))) ?? '', /two administrators/);
  assert.match(
    (await createAdministrators(world.databaseUrl, [
      { code: 'chief', name: '甲' },
      { code: 'chief002', name: '乙' },
    ])) ?? '',
    /8 letters/,
  );
  assert.equal(await createAdministrators(world.databaseUrl, people), null);
  assert.deepEqual((await findActor(world.db, 'chief001'))?.groups, ['01']);
  assert.match((await createAdministrators(world.databaseUrl, people)) ?? '', /users already/);
  await world.asOwner('truncate app_user cascade; insert into app_user select * from kept_user; insert into group_member select * from kept_member');
});

test('the captcha: a wrong answer says so and does not count, a right one works once', async () => {
  const guarded = await openSite(world, { LOGIN_CAPTCHA: 'on' });
  const person = guarded.visit();
  const attempt = async (answer: (id: string) => Promise<string>) => {
    const { html } = await person.get('/sign-in');
    const captchaId = hidden(html, 'captchaId');
    const image = await person.get(`/captcha/${captchaId}.svg`);
    assert.match(image.html, /^<svg/);
    return {
      captchaId,
      page: await person.post('/sign-in', { account: 'finance1', password: DEMO_PASSWORD, next: '/', captchaId, captcha: await answer(captchaId) }),
    };
  };
  for (let i = 0; i < 6; i++) assert.match((await attempt(async () => 'nope')).page.html, /验证码不正确/);
  const solve = async (id: string) => (await world.db.select().from(captcha).where(eq(captcha.id, id)))[0]?.answer.toUpperCase() ?? '';
  const good = await attempt(solve);
  assert.equal(good.page.status, 303);
  await person.get('/sign-in');
  const again = await person.post('/sign-in', { account: 'finance1', password: DEMO_PASSWORD, next: '/', captchaId: good.captchaId, captcha: 'any' });
  assert.match(again.html, /验证码不正确/);
  await guarded.close();
});

test('a session idles out after 15 minutes, ends after 12 hours and at sign-out; background refresh is no activity', async () => {
  const person = await site.signIn('clerk001');
  const age = (column: 'active_at' | 'created_at', minutes: number) =>
    world.db.execute(sql`update session set ${sql.raw(column)} = now() - ${`${minutes} minutes`}::interval where user_code = 'clerk001' and ended_at is null`);
  await age('active_at', 14);
  assert.equal((await person.get('/', { 'X-Background': '1' })).status, 200);
  await age('active_at', 14);
  assert.equal((await person.get('/')).status, 200);
  const [row] = await world.db.select().from(session).where(eq(session.userCode, 'clerk001'));
  assert.ok(row && Date.now() - row.activeAt.getTime() < 10_000, 'activity starts the idle time anew');
  await age('active_at', 16);
  assert.equal((await person.get('/inbox?tab=started')).location, `/sign-in?next=${encodeURIComponent('/inbox?tab=started')}`);
  const long = await site.signIn('clerk001');
  await age('created_at', 12 * 60 + 1);
  assert.equal((await long.get('/')).status, 303);
  const out = await site.signIn('clerk001');
  const cookie = out.cookieHeader;
  await out.post('/sign-out');
  assert.equal((await fetch(`${site.base}/`, { headers: { cookie }, redirect: 'manual' })).status, 303);
});

test('a form without its token, with another’s token or from another site changes nothing', async () => {
  const person = await site.signIn('clerk001');
  const count = async () => Number((await world.db.execute(sql`select count(*)::int as n from request_draft`))[0]?.n);
  const before = await count();
  assert.equal((await person.post('/merchant-openings', { _csrf: '' })).status, 403);
  const other = await site.signIn('clerk002');
  assert.equal((await person.post('/merchant-openings', { _csrf: other.token })).status, 403);
  assert.equal((await person.post('/merchant-openings', {}, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
  assert.equal((await person.post('/merchant-openings', {}, { 'Sec-Fetch-Site': '', Origin: 'https://evil.example' })).status, 403);
  assert.equal(await count(), before);
  assert.equal((await person.post('/merchant-openings')).status, 303);
});

test('after signing in one is led only to pages of our own', async () => {
  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/ok path']) {
    const person = site.visit();
    await person.get('/sign-in');
    assert.equal((await person.post('/sign-in', { account: 'clerk001', password: DEMO_PASSWORD, next })).location, '/', next);
  }
});

test('routes × rights: every demo account meets 403 exactly where it lacks the right, and nobody unknown gets in', async () => {
  const fill = (path: string) => path.replace(':no', 'MO20990101000001').replace(':id', 'none').replace(':field', 'uscc');
  const stranger = site.visit();
  await stranger.get('/sign-in');
  for (const route of routes.filter((one) => one.right !== 'public')) {
    const answer = route.method === 'GET' ? await stranger.get(fill(route.path)) : await stranger.post(fill(route.path));
    assert.ok(answer.status === 303 && answer.location?.startsWith('/sign-in'), `${route.method} ${route.path} for nobody: ${answer.status}`);
  }
  await world.db.execute(sql`delete from sign_in_failure`);
  for (const code of demoCodes) {
    const person = await site.signIn(code);
    const actor = await findActor(world.db, code);
    assert.ok(actor);
    for (const route of routes) {
      if (route.right === 'public' || ['/sign-out', '/password'].includes(route.path)) continue;
      const answer =
        route.method === 'GET'
          ? await person.get(fill(route.path))
          : await person.post(`${fill(route.path)}${route.multipart ? `?_csrf=${person.token}` : ''}`);
      assert.equal(answer.status === 403, !mayUse(actor, route.right), `${route.method} ${route.path} for ${code}: ${answer.status}`);
      assert.ok(answer.status < 500, `${route.method} ${route.path} for ${code}: ${answer.status}`);
    }
  }
});

test('the menu shows what the groups may use, at the next request after a change', async () => {
  const person = await site.signIn('clerk002');
  const menu = async () => [...(await person.get('/')).html.matchAll(/<nav class="menu side"[\s\S]*?<\/nav>/g)].join('');
  assert.match(await menu(), /商户开户</);
  assert.doesNotMatch(await menu(), /商户开户审核|操作日志/);
  await world.db.execute(sql`insert into group_member values ('clerk002', '06')`);
  assert.match(await menu(), /操作日志/);
  await world.db.execute(sql`delete from group_member where user_code = 'clerk002' and group_code = '06'`);
  assert.doesNotMatch(await menu(), /操作日志/);
});

test('cookies and headers: hidden from scripts, of this site, bound to the host in production; nothing kept, sniffed, framed or told on', async () => {
  const person = await site.signIn('clerk001');
  const answer = await person.get('/');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(answer.headers.get('referrer-policy'), 'same-origin');
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'.*object-src 'none'/);
  assert.ok(!answer.html.includes(person.cookies.get('zf_session') ?? '-'));
  const secrets = { PAYLOAD_KEYS, SESSION_SECRET: 'x'.repeat(40), TERMINAL_KEY_SECRET: 'y'.repeat(40) };
  const strict = await openSite(world, { ...secrets, NODE_ENV: 'production', LOGIN_CAPTCHA: 'on', DEMO: 'off' });
  const visitor = strict.visit();
  const { html, headers } = await visitor.get('/sign-in');
  assert.match(headers.get('strict-transport-security') ?? '', /max-age=31536000; includeSubDomains/);
  const captchaId = hidden(html, 'captchaId');
  const [row] = await world.db.select().from(captcha).where(eq(captcha.id, captchaId));
  const entered = await visitor.post('/sign-in', { account: 'clerk001', password: DEMO_PASSWORD, next: '/', captchaId, captcha: row?.answer ?? '' });
  const cookie = entered.headers.getSetCookie().find((one) => one.startsWith('__Host-zf_session='));
  assert.match(cookie ?? '', /^__Host-zf_session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  await strict.close();
});

test('every page carries a strict content security policy', async () => {
  const { headers, html } = await site.visit().get('/sign-in');
  const policy = headers.get('content-security-policy') ?? '';
  assert.doesNotMatch(policy, /unsafe/);
  assert.match(policy, /script-src 'self'/);
  assert.doesNotMatch(html, /\son\w+=|style=/);
});
