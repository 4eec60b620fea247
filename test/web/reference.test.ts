// 公共信息维护, 首页 and 操作日志 over HTTP.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import excel from 'exceljs';
import { auditEntries } from '../../db/audit.ts';
import { m1 } from '../cast.ts';
import { openWorld, type World } from '../world.ts';
import { decide, freshForm, openSite, type Person, type Site, submitOpening } from './site.ts';

let world: World;
let site: Site;
let admin: Person;
let auditor: Person;
before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world);
  [admin, auditor] = [await site.signIn('admin001'), await site.signIn('audit001')];
});
after(async () => {
  await site.close();
  await world.close();
});

test('an area is added, changed and removed, each on record with before and after; one in use stays', async () => {
  const put = (row: Record<string, string>) => admin.post('/public-information/areas', row);
  assert.match((await put({ code: '99', name: '某地', province: '某省' })).html, /value="99"[\s\S]*位数不正确/);
  assert.equal((await put({ code: '9901', name: '某地', province: '某省' })).status, 303);
  assert.match((await put({ code: '9901', name: '另一地', province: '某省' })).html, /该编码已存在/);
  assert.equal((await put({ code: '9901', name: '另一地', province: '某省', known: 'yes' })).status, 303);
  const [entry] = await auditEntries(world.db, { object: 'areas/9901', action: 'reference.put' }, 1);
  assert.deepEqual(
    [entry?.detail.before, entry?.detail.after],
    [
      { code: '9901', name: '某地', province: '某省' },
      { code: '9901', name: '另一地', province: '某省' },
    ],
  );
  const clerk = await site.signIn('clerk001');
  const no = await submitOpening(clerk, freshForm({ areaCode: m1.areaCode }));
  await decide(await site.signIn('check001'), no, 'approve');
  const remove = (register: string, key: string) => admin.post(`/public-information/${register}/removal`, { key, sure: 'yes' });
  for (const [register, key] of [
    ['areas', m1.areaCode],
    ['mccs', m1.mcc],
    ['banks', m1.cnapsCode],
  ] as const) {
    const kept = await remove(register, key);
    assert.equal(kept.status, 409, register);
    assert.match(kept.html, /已被商户、终端或申请使用/);
  }
  assert.match((await admin.post('/public-information/areas/removal', { key: '9901' })).html, /按「确定」删除/, 'asked twice');
  assert.equal((await remove('areas', '9901')).status, 303);
  assert.equal((await remove('areas', '9901')).status, 404);
});

test('the bank directory is imported whole or not at all, and the bad line is named', async () => {
  const send = (lines: string) => admin.post('/public-information/banks/import', { lines });
  const count = async () => (await world.db.execute<{ n: number }>(sql`select count(*)::int as n from bank`))[0]?.n ?? 0;
  const before = await count();
  const bad = await send('cnapsCode,name\n102100099996,工行总行\n102100099997,错的');
  assert.equal(bad.status, 422);
  assert.match(bad.html, /第 3 行:校验位不正确/);
  assert.match(bad.html, /102100099997/, 'what was sent is kept');
  assert.equal(await count(), before);
  assert.match((await send('联行号,名称\n105100000017,"建设银行,总行"\n313651027012\t成都银行\n')).html, /已导入 2 条/);
  const [row] = await world.db.execute<{ name: string }>(sql`select name from bank where cnaps_code = '105100000017'`);
  assert.equal(row?.name, '建设银行,总行');
});

test('the working calendar: a day off is added, a day that is none is refused', async () => {
  assert.match((await admin.post('/public-information/calendar', { date: '2026-13-40', working: 'off', note: '' })).html, /不是有效的日期/);
  assert.equal((await admin.post('/public-information/calendar', { date: '2028-02-08', working: 'off', note: '试' })).status, 303);
  assert.match((await admin.get('/public-information/calendar?q=2028-02-08')).html, /休息/);
});

test('an announcement is on everybody’s home page from its first day to its last', async () => {
  const day = (shift: number) => new Date(Date.now() + shift * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
  const say = (title: string, from: string, until: string) => admin.post('/announcements', { title, body: '今晚 22:00 起停机一小时 <b>', from, until });
  assert.match((await say('', day(0), day(1))).html, /必填/);
  assert.match((await say('倒过来', day(1), day(0))).html, /不是有效的日期/);
  await say('系统维护', day(0), day(1));
  await say('已过去', day(-3), day(-1));
  await say('尚未到', day(2), day(3));
  const { html } = await (await site.signIn('clerk001')).get('/');
  assert.match(html, /系统维护[\s\S]*&lt;b&gt;/);
  assert.doesNotMatch(html, /已过去|尚未到/);
});

test('the home page tells a reviewer what waits and a clerk what was sent; an old password is reminded of', async () => {
  const clerk = await site.signIn('clerk001');
  const no = await submitOpening(clerk, freshForm({ merchantName: '首页可见商户' }));
  assert.match((await (await site.signIn('check001')).get('/')).html, /待我审批[\s\S]*首页可见商户/);
  assert.match((await clerk.get('/')).html, /我发起的[\s\S]*首页可见商户/);
  assert.doesNotMatch((await auditor.get('/')).html, /首页可见商户/);
  assert.doesNotMatch((await clerk.get('/')).html, /建议修改/);
  await world.db.execute(sql`update app_user set password_changed_at = now() - interval '91 days' where code = 'clerk001'`);
  assert.match((await clerk.get('/')).html, /密码已使用 91 天/);
  assert.ok(no);
});

test('操作日志: searched by person, action and day; reading and exporting it are entries of it; a text stays a text', async () => {
  await site.visit().get('/sign-in');
  const thief = site.visit();
  await thief.get('/sign-in');
  await thief.post('/sign-in', { account: '=1+1', password: 'x', next: '/' });
  const found = await auditor.get('/audit?actor=%3D1%2B1');
  assert.match(found.html, /登录失败/);
  assert.doesNotMatch((await auditor.get('/audit?actor=%3D1%2B1&until=2020-01-01')).html, /登录失败/);
  const response = await fetch(`${site.base}/audit/export?actor=%3D1%2B1`, { headers: { cookie: auditor.cookieHeader } });
  const book = new excel.Workbook();
  await book.xlsx.load(await response.arrayBuffer());
  const cell = book.worksheets[0]?.getRow(2).getCell(2);
  assert.deepEqual([cell?.value, cell?.type], ['=1+1', excel.ValueType.String]);
  const told = await auditEntries(world.db, { actor: 'audit001' }, 10);
  assert.deepEqual(
    told.slice(0, 3).map((entry) => entry.action),
    ['audit.exported', 'audit.read', 'audit.read'],
  );
  assert.equal((await admin.get('/audit/export')).status, 403);
});

test('masked data are shown for a reason only, and the reason is on record', async () => {
  const clerk = await site.signIn('clerk001');
  const form = freshForm();
  const no = await submitOpening(clerk, form);
  await decide(await site.signIn('check001'), no, 'approve');
  const page = `/merchants/${form.merchantNo}`;
  assert.ok(!(await clerk.get(page)).html.includes(m1.idCardNo));
  const refused = await clerk.post(`${page}/reveal`, { reason: ' ' });
  assert.equal(refused.status, 422);
  assert.ok(!refused.html.includes(m1.idCardNo));
  assert.ok((await clerk.post(`${page}/reveal`, { reason: '商户来电核对' })).html.includes(m1.idCardNo));
  const [entry] = await auditEntries(world.db, { object: form.merchantNo ?? '', action: 'reveal' }, 1);
  assert.deepEqual([entry?.actorCode, entry?.detail.reason], ['clerk001', '商户来电核对']);
  assert.equal((await admin.post(`${page}/reveal`, { reason: '看看' })).status, 403);
});
