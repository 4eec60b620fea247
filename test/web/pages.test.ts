// Pages around a request: attachments, the dry run, masked fields, hostile text, keyset paging.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { auditEntries } from '../../db/audit.ts';
import { findRequest } from '../../db/requests.ts';
import { m1 } from '../cast.ts';
import { openWorld, type World } from '../world.ts';
import { decide, draftOf, freshForm, hidden, openSite, type Person, png, type Site, submitOpening } from './site.ts';

let world: World;
let site: Site;
let clerk: Person;
let check: Person;
before(async () => {
  world = await openWorld();
  site = await openSite(world);
  await world.work();
  clerk = await site.signIn('clerk001');
  check = await site.signIn('check001');
});
after(async () => {
  await site.close();
  await world.close();
});

const state = async (no: string) => (await findRequest(world.db, no))?.state;

test('attachments: told by content, limited in size, kept by hash outside the web root, for those who may see the request', async () => {
  const no = await draftOf(clerk);
  const upload = (file: File) => clerk.upload(`/merchant-openings/${no}/attachments`, 'shopPhoto', file);
  assert.match((await upload(new File(['<script>alert(1)</script>'], 'photo.png', { type: 'image/png' }))).html, /只接受 JPG、PNG、WebP 图片或 PDF/);
  assert.match((await upload(new File([Buffer.alloc(6 * 1024 * 1024, 1)], 'big.png'))).html, /文件超过 5 MB/);
  assert.match((await upload(new File([], 'empty.png'))).html, /请选择文件/);
  assert.equal((await upload(png())).status, 303);
  assert.ok(readdirSync(join(world.dir, 'attachments')).some((name) => /^[0-9a-f]{64}$/.test(name)));
  const id = /\/attachments\/([0-9a-f-]{36})"/.exec((await clerk.get(`/merchant-openings/${no}`)).html)?.[1];
  assert.equal((await clerk.get(`/attachments/${id}`)).headers.get('content-type'), 'image/png');
  assert.equal((await check.get(`/attachments/${id}`)).status, 403);
  assert.equal((await clerk.post(`/merchant-openings/${no}/submission`, freshForm())).status, 303);
  assert.equal((await check.get(`/attachments/${id}`)).status, 200);
  assert.equal((await clerk.post(`/attachments/${id}/removal`)).status, 409, 'what was submitted stays');
  assert.equal((await upload(png())).status, 409);
});

test('a NUL in a comment or a command id harms nothing', async () => {
  const no = await submitOpening(clerk, freshForm());
  const page = (await check.get(`/requests/${no}`)).html;
  const answer = await check.post(`/requests/${no}/comments`, { reason: 'a\0b\ud83d', revision: hidden(page, 'revision'), commandId: 'x\0y' });
  assert.equal(answer.status, 303);
  assert.equal((await decide(check, no, 'approve')).status, 303);
  assert.equal(await state(no), 'effective');
});

test('提交前检查 says what is missing, who can decide and by when, and submits nothing', async () => {
  const no = await draftOf(clerk);
  const missing = await clerk.post(`/merchant-openings/${no}/check`, { merchantName: '只有名字' });
  assert.match(missing.html, /还缺 \d+ 项/);
  const ready = await clerk.post(`/merchant-openings/${no}/check`, freshForm());
  assert.match(ready.html, /资料齐全,可以提交[\s\S]*李审核、孙审核[\s\S]*预计最迟/);
  assert.equal(await state(no), undefined);
});

test('masked fields are shown in full only on request, and the look is audited', async () => {
  const no = await submitOpening(clerk, freshForm());
  assert.ok(!(await check.get(`/requests/${no}`)).html.includes(m1.idCardNo));
  assert.ok((await check.post(`/requests/${no}/reveal`, { reason: '电话核实' })).html.includes(m1.idCardNo));
  const [entry] = await auditEntries(world.db, { object: no, action: 'reveal' }, 1);
  assert.equal(entry?.actorCode, 'check001');
});

test('whatever is typed comes back as text', async () => {
  const no = await draftOf(clerk);
  const evil = `"><script>alert(1)</script>🙂`;
  const { html } = await clerk.post(`/merchant-openings/${no}/draft`, freshForm({ merchantName: evil, remark: 'x'.repeat(10_000) }));
  assert.ok(!html.includes('<script>alert'));
  assert.ok(html.includes('&quot;&gt;&lt;script&gt;'));
  for (const path of [
    '/inbox?tab=%00&kind=x&after=1_2&q=%25_%27',
    '/merchants?q=%27%22%3C&after=zz',
    '/merchant-openings?before=%27&state=zz',
    '/requests/%3Cscript%3E',
    '/audit?before=abc',
  ]) {
    assert.ok((await clerk.get(path)).status < 500, path);
  }
});

test('the inbox pages by keyset: every request once, filters kept in the address', async () => {
  const numbers = new Set<string>();
  for (let i = 0; i < 60; i++)
    await world.db.execute(sql`
    insert into request (request_no, kind, state, version, revision, submissions, title, merchant_no, maker_code, maker_name, level, levels, waits_for, involved, overdue, submitted_at, due_at, updated_at, whole)
    values (${`MO20260101${String(i).padStart(6, '0')}`}, 'merchantOpening', 'submitted', 1, 1, 1, '翻页商户', '898210154110000', 'clerk002', '陈录入', 1, 1, '03', '{clerk002}', false, now(), date_trunc('milliseconds', now()) + ${`${i % 7} hours`}::interval, now(), '{}')`);
  let path: string | undefined = '/inbox?q=%E7%BF%BB%E9%A1%B5';
  while (path) {
    const { html }: { html: string } = await check.get(path);
    for (const [, no] of html.matchAll(/class="item" id="i-([A-Z0-9]+)"/g)) {
      assert.ok(no && !numbers.has(no));
      numbers.add(no);
    }
    path = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    if (path) assert.match(path, /q=/);
  }
  assert.equal(numbers.size, 60);
  await world.db.execute(sql`delete from request where title = '翻页商户'`);
});
