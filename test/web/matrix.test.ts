// Every route × every role × own and foreign objects. A route without a row here fails.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { makeDraft } from '../../db/drafts.ts';
import { saveView } from '../../db/preferences.ts';
import { findActor } from '../../db/users.ts';
import { demoCodes } from '../../stack/demo.ts';
import { mayUse, type Route } from '../../web/http.ts';
import { routes } from '../../web/routes.ts';
import { paths } from '../../web/ui/paths.ts';
import { type Kind, kindNames, kindRule } from '../../workflows/rules/kinds.ts';
import { reportNames } from '../../workflows/rules/reports.ts';
import { openWorld, type World } from '../world.ts';
import { freshForm, openSite, type Person, png, type Site } from './site.ts';

/**
 * right: the right alone decides (walked in sign-in.test.ts). own: it shows or changes only what belongs to whoever asks.
 * Otherwise whose object it is about, and who may reach it; everybody else meets 403 or 404, and nothing changes.
 */
type Row = 'public' | 'right' | 'own' | 'draft' | { of: 'request' | 'attachment'; may: readonly string[] };
const involved = ['clerk001', 'check001', 'check002', 'audit001'];
const seen = { of: 'request', may: involved } as const;

const rows: Record<string, Row> = {
  'GET /sign-in': 'public',
  'POST /sign-in': 'public',
  'POST /sign-in/code': 'public',
  'GET /captcha/:id.svg': 'public',
  'POST /language': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'public',
  'POST /sign-out': 'own',
  'GET /password': 'own',
  'POST /password': 'own',
  'GET /totp': 'own',
  'GET /totp/qr.svg': 'own',
  'POST /totp/beginning': 'own',
  'POST /totp/confirmation': 'own',
  'POST /totp/removal': 'own',
  'GET /': 'own',
  'GET /desk': 'own',
  'POST /desk/keys': 'own',
  'POST /desk/sessions': 'own',
  'POST /desk/phrases': 'own',
  'GET /notifications': 'own',
  'POST /notifications/read': 'own',
  'GET /events': 'own',
  'POST /inbox/views': 'own',
  'POST /inbox/views/:id/removal': 'own',
  'POST /inbox/views/:id/default': 'own',
  'POST /inbox/views/:id/up': 'own',
  'GET /alerts': 'right',
  'GET /alerts/:no': 'right',
  'POST /alerts/:no/actions': 'right',
  'GET /transactions': 'right',
  'GET /transactions/:no': 'right',
  'GET /merchants/:no/day': 'right',
  'GET /inbox': 'right',
  'GET /inbox/rows': 'right',
  'POST /inbox/bulk': 'right',
  'POST /inbox/bulk/decision': 'right',
  'GET /inbox/bulk/:batch': 'right',
  'GET /inbox/:no': { of: 'request', may: ['clerk001', 'check001', 'check002'] },
  'GET /requests/:no': seen,
  'GET /requests/:no/print': seen,
  'GET /requests/:no/version': seen,
  'GET /requests/:no/history': { of: 'request', may: ['audit001'] },
  'POST /requests/:no/decision': seen,
  'POST /requests/:no/claim': seen,
  'POST /requests/:no/release': seen,
  'POST /requests/:no/hand-over': seen,
  'POST /requests/:no/comments': seen,
  'POST /requests/:no/withdrawal': seen,
  'POST /requests/:no/urging': seen,
  'POST /requests/:no/retrying': seen,
  'POST /requests/:no/abandonment': seen,
  'POST /requests/:no/reveal': seen,
  'GET /attachments/:id': { of: 'attachment', may: involved },
  'POST /attachments/:id/removal': { of: 'attachment', may: ['clerk001'] },
  'GET {kind}': 'own',
  'POST {kind}': 'right',
  'GET {kind}/new': 'right',
  'GET {kind}/pending': 'right',
  'GET {kind}/:no': 'draft',
  'POST {kind}/:no/draft': 'draft',
  'POST {kind}/:no/fields/:field': 'draft',
  'POST {kind}/:no/check': 'draft',
  'POST {kind}/:no/submission': 'draft',
  'POST {kind}/:no/deletion': 'draft',
  'POST {kind}/:no/attachments': 'draft',
  'POST {kind}/:no/number': 'draft',
  'GET /merchants': 'right',
  'GET /merchants/:no': 'right',
  'POST /merchants/:no/reveal': 'right',
  'GET /terminals': 'right',
  'GET /terminals/:no': 'right',
  'POST /terminals/:no/key': 'right',
  'GET /bank-lines': 'right',
  'POST /bank-lines/upload': 'right',
  'GET /bank-lines/import/:sha': 'right',
  'POST /bank-lines/import/:sha': 'right',
  'POST /bank-lines/layouts': 'right',
  'GET /bank-lines/matching': 'right',
  ...Object.fromEntries(
    reportNames.flatMap((name) =>
      [`GET /reports/${name}`, `GET /reports/${name}/print`, `POST /reports/${name}/export`].map((route) => [route, 'right' as const]),
    ),
  ),
  'GET /report-merchants': 'right',
  'GET /exports': 'own',
  'GET /exports/:no/file': 'own',
  'POST /exports/:no/cancellation': 'own',
  'GET /ledger': 'right',
  'GET /users': 'right',
  'GET /users/:code': 'right',
  'POST /users/:code/unlocking': 'right',
  'POST /users/:code/sessions': 'right',
  'GET /groups': 'right',
  'GET /groups/:code': 'right',
  'GET /modules': 'right',
  'GET /modules/:code': 'right',
  'GET /functions/:code': 'right',
  'GET /public-information': 'right',
  'GET /public-information/:register': 'right',
  'POST /public-information/:register': 'right',
  'POST /public-information/:register/removal': 'right',
  'POST /public-information/:register/import': 'right',
  'GET /announcements': 'right',
  'POST /announcements': 'right',
  'POST /announcements/removal': 'right',
  'GET /audit': 'right',
  'GET /audit/export': 'right',
  'POST /codec/decode': 'right',
};

const baseOf = new Map(kindNames.map((kind) => [paths.drafts(kind), kind] as const));
const kindOf = (route: Route): Kind | undefined => baseOf.get(`/${route.path.split('/')[1]}`);
const keyOf = (route: Route) => `${route.method} ${kindOf(route) ? `{kind}${route.path.slice(paths.drafts(kindOf(route) ?? 'topUp').length)}` : route.path}`;

let world: World;
let site: Site;
const people = new Map<string, Person>();
before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world);
  for (const code of demoCodes) people.set(code, await site.signIn(code));
});
after(async () => {
  await site.close();
  await world.close();
});

test('every route has a row, and every row a route', () => {
  const known = new Set(routes.map(keyOf));
  assert.deepEqual(
    [...known].filter((key) => !(key in rows)),
    [],
  );
  assert.deepEqual(
    Object.keys(rows).filter((key) => !known.has(key)),
    [],
  );
  for (const route of routes) if (route.right === 'public') assert.equal(rows[keyOf(route)], 'public', `${keyOf(route)} is public`);
});

/** Everything that somebody could have changed. */
const everything = async () =>
  Promise.all(
    ['request', 'request_draft', 'request_event', 'attachment', 'saved_view', 'preference', 'merchant'].map((table) =>
      world.db.execute(sql.raw(`select md5(string_agg(t::text, ',' order by t::text)) as sum from ${table} t`)).then(([row]) => [table, row?.sum]),
    ),
  );

/** Asks for the route as somebody would who learned its address. */
async function knock(person: Person, route: Route, address: string): Promise<number> {
  const path = address.replace(':field', 'reason');
  if (route.multipart) return (await person.upload(path, 'other', png())).status;
  return (route.method === 'GET' ? await person.get(path) : await person.post(path, { decision: 'approve', revision: '1', reason: '试', sure: 'yes' })).status;
}

test('a draft of any kind is its maker’s alone: nobody else reads, saves, checks, submits, deletes or adds to it', async () => {
  const makers: Partial<Record<Kind, string>> = { policyChange: 'admin001', accessChange: 'admin001', lineReturn: 'finance1' };
  for (const kind of kindNames) {
    const maker = makers[kind] ?? 'clerk001';
    assert.ok((await findActor(world.db, maker))?.rights.includes(kindRule(kind).submitRight), `${maker} may submit ${kind}`);
    const no = await world.db.transaction((tx) => makeDraft(tx, kind, maker, new Date(), { merchantNo: '', act: 'userCreate' }));
    const before = await everything();
    for (const route of routes.filter((one) => kindOf(one) === kind && rows[keyOf(one)] === 'draft'))
      for (const [code, person] of people) {
        if (code === maker) continue;
        const status = await knock(person, route, route.path.replace(':no', no));
        assert.ok(status === 403 || status === 404, `${keyOf(route)} of ${maker}’s ${kind} for ${code}: ${status}`);
      }
    assert.deepEqual(await everything(), before, kind);
    assert.equal((await people.get(maker)?.get(`${paths.drafts(kind)}/${no}`))?.status, 200);
  }
});

test('a request and its attachments are for whoever has a hand in it, reviews its kind or audits; for others it is not there', async () => {
  const clerk = people.get('clerk001');
  assert.ok(clerk);
  const path = (await clerk.post('/merchant-openings')).location ?? '';
  await clerk.upload(`${path}/attachments`, 'businessLicense', png());
  assert.equal((await clerk.post(`${path}/submission`, freshForm())).status, 303);
  const no = path.split('/').at(-1) ?? '';
  const [file] = await world.db.execute<{ id: string }>(sql`select id from attachment where request_no = ${no}`);
  const objects = { request: no, attachment: file?.id ?? '' };
  const before = await everything();
  const walked = routes.filter((route) => typeof rows[keyOf(route)] === 'object');
  assert.ok(walked.length > 12);
  for (const route of walked) {
    const row = rows[keyOf(route)];
    if (typeof row !== 'object') continue;
    for (const [code, person] of people) {
      if (row.may.includes(code)) continue;
      const status = await knock(person, route, route.path.replace(/:(no|id)/, objects[row.of]));
      // An attachment that is part of what was submitted cannot be removed by anybody.
      const kept = keyOf(route) === 'POST /attachments/:id/removal' && status === 409;
      assert.ok(status === 403 || status === 404 || kept, `${keyOf(route)} of clerk001’s for ${code}: ${status}`);
    }
  }
  const seenBy = async (code: string) => (await people.get(code)?.get(`/inbox/rows?shown=${no}`))?.html.includes('沈阳和泰') ?? false;
  for (const code of ['clerk002', 'admin001', 'finance1', 'leader01']) assert.equal(await seenBy(code), false, `rows of others for ${code}`);
  for (const code of ['clerk001', 'check002']) assert.equal(await seenBy(code), true, code);
  assert.deepEqual(await everything(), before);
  for (const route of walked.filter((one) => one.method === 'GET')) {
    const row = rows[keyOf(route)];
    if (typeof row !== 'object') continue;
    for (const code of row.may)
      assert.equal((await people.get(code)?.get(route.path.replace(/:(no|id)/, objects[row.of])))?.status, 200, `${keyOf(route)} for ${code}`);
  }
});

test('what is one’s own stays one’s own: views and sessions of others cannot be touched', async () => {
  await world.db.transaction((tx) => saveView(tx, 'check001', '我的视图', 'tab=mine'));
  const [view] = await world.db.execute<{ id: string }>(sql`select id from saved_view where user_code = 'check001'`);
  const sessions = await world.db.execute<{ id: string }>(sql`select id_hash as id from session where user_code = 'check001' and ended_at is null`);
  const before = await everything();
  for (const [code, person] of people) {
    if (code === 'check001') continue;
    for (const act of ['removal', 'default', 'up']) await person.post(`/inbox/views/${view?.id}/${act}`);
    for (const { id } of sessions) await person.post('/desk/sessions', { session: id });
  }
  assert.deepEqual(await everything(), before);
  assert.equal((await people.get('check001')?.get('/inbox'))?.status, 200);
});

test('a right that is only looked at by the menu would be none: every entry of the menu is a route with that right', async () => {
  for (const [code, person] of people) {
    const actor = await findActor(world.db, code);
    assert.ok(actor);
    const menu = /<nav class="menu side"[\s\S]*?<\/nav>/.exec((await person.get('/')).html)?.[0] ?? '';
    for (const [, href = ''] of menu.matchAll(/href="([^"]+)"/g)) {
      const route = routes.find((one) => one.method === 'GET' && one.path === href.split('?')[0]);
      assert.ok(route && route.right !== 'public' && mayUse(actor, route.right), `${code}: ${href}`);
    }
  }
});
