// What a hostile or an unlucky browser sends: uploads that break off or come all at once, ids used for something else, values that no form has.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { attachmentsOf } from '../../db/attachments.ts';
import { auditEntries } from '../../db/audit.ts';
import { findRequest, requestEvents } from '../../db/requests.ts';
import { openWorld, type World } from '../world.ts';
import { decide, draftOf, freshForm, hidden, openSite, type Person, png, type Site, submitOpening } from './site.ts';

let world: World;
let site: Site;
let clerk: Person;
let check: Person;
let finance: Person;
let audit: Person;
before(async () => {
  world = await openWorld();
  site = await openSite(world);
  await world.work();
  clerk = await site.signIn('clerk001');
  check = await site.signIn('check001');
  finance = await site.signIn('finance1');
  audit = await site.signIn('audit001');
});
after(async () => {
  await site.close();
  await world.close();
});

/** A picture unlike every other one. */
let pictures = 0;
const picture = async () => new File([await png().arrayBuffer(), `${pictures++}`], '门头.png', { type: 'image/png' });

/** Sends a form's beginning; then it ends there as if it were whole, or the line is cut. Answers the status, null when cut. */
async function breakOff(person: Person, path: string, cut: boolean): Promise<number | null> {
  const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nhalf a line';
  const headers = { cookie: person.cookieHeader, 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': String(start.length + (cut ? 500 : 0)) };
  return new Promise((resolve, reject) => {
    const sending = request(`${site.base}${path}?_csrf=${person.token}`, { method: 'POST', headers }, (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sending.on('error', (error) => (cut ? resolve(null) : reject(error)));
    sending.write(start);
    if (cut) setTimeout(() => sending.destroy(), 100);
    else sending.end();
  });
}

test('thirty files at once: twenty are kept, the others told why, and everybody else goes on working', async () => {
  const no = await draftOf(clerk);
  const kept = (await attachmentsOf(world.db, no)).length;
  const files = await Promise.all(Array.from({ length: 30 }, picture));
  const answers = await Promise.all(files.map((file) => clerk.upload(`/merchant-openings/${no}/attachments`, 'other', file)));
  assert.equal((await attachmentsOf(world.db, no)).length, 20);
  assert.equal(answers.filter(({ status }) => status === 303).length, 20 - kept);
  assert.ok(answers.every(({ status, html }) => status === 303 || (status === 422 && html.includes('最多'))));
  assert.equal((await check.get('/inbox')).status, 200);
  const ids = (await attachmentsOf(world.db, no)).map(({ id }) => id);
  const removals = await Promise.all(ids.map((id) => clerk.post(`/attachments/${id}/removal`)));
  assert.ok(removals.every(({ status }) => status === 303));
  assert.equal((await attachmentsOf(world.db, no)).length, 0);
});

test('a file that breaks off, by its end or by the line: the next one is taken, and nothing of it stays', async () => {
  const no = await draftOf(clerk);
  const before = (await attachmentsOf(world.db, no)).length;
  for (const cut of [false, true]) {
    assert.equal(await breakOff(clerk, `/merchant-openings/${no}/attachments`, cut), cut ? null : 422);
    assert.equal(await breakOff(finance, '/bank-lines/upload', cut), cut ? null : 303);
  }
  assert.equal((await clerk.upload(`/merchant-openings/${no}/attachments`, 'other', await picture())).status, 303);
  assert.equal((await attachmentsOf(world.db, no)).length, before + 1);
  const folder = join(world.dir, 'statements');
  for (let i = 0; i < 50 && existsSync(folder) && readdirSync(folder).length > 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
});

test('a file for another kind of request, or with a name that nothing can keep', async () => {
  const no = await draftOf(clerk);
  assert.equal((await clerk.upload(`/top-ups/${no}/attachments`, 'other', png())).status, 404);
  const head = `--b\r\nContent-Disposition: form-data; name="file"; filename*=utf-8''a%00b.png\r\nContent-Type: image/png\r\n\r\n`;
  const body = new Blob([head, await (await picture()).arrayBuffer(), '\r\n--b--\r\n']);
  const headers = { cookie: clerk.cookieHeader, 'Content-Type': 'multipart/form-data; boundary=b' };
  const answer = await fetch(`${site.base}/merchant-openings/${no}/attachments?_csrf=${clerk.token}`, { method: 'POST', headers, body, redirect: 'manual' });
  assert.equal(answer.status, 303);
  assert.ok((await attachmentsOf(world.db, no)).some(({ fileName }) => fileName === 'ab.png'));
});

test('an id that was used for something else, or by somebody else, hides no attempt', async () => {
  const no = await submitOpening(clerk, freshForm());
  const page = (await clerk.get(`/requests/${no}`)).html;
  const commandId = hidden(page, 'commandId');
  assert.equal((await clerk.post(`/requests/${no}/comments`, { reason: '请尽快', revision: '1', commandId })).status, 303);
  const own = await clerk.post(`/requests/${no}/decision`, { decision: 'approve', reason: '', revision: '1', commandId });
  assert.equal(own.status, 422);
  assert.match(own.html, /同一操作员不能审核/);
  assert.ok((await requestEvents(world.db, no)).some((event) => event.type === 'refused' && event.refusal === 'own_request' && event.by?.code === 'clerk001'));

  // Sent twice it is one command, and both are told the same.
  const sheet = (await check.get(`/requests/${no}`)).html;
  const body = { decision: 'approve', reason: '', revision: hidden(sheet, 'revision'), commandId: hidden(sheet, 'commandId') };
  const twice = await Promise.all([check.post(`/requests/${no}/decision`, body), check.post(`/requests/${no}/decision`, body)]);
  assert.deepEqual(
    twice.map(({ status }) => status),
    [303, 303],
  );
  assert.equal((await requestEvents(world.db, no)).filter(({ type }) => type === 'approved').length, 1);

  const other = await site.signIn('check002');
  const used = new URL(twice[0]?.location ?? '', site.base).searchParams.get('command') ?? '';
  for (const id of [used, body.commandId]) {
    const late = await other.post(`/requests/${no}/decision`, { decision: 'reject', reason: '晚了', revision: '1', commandId: id });
    assert.match(late.html, /该申请已审核/);
  }
  const told = await auditEntries(world.db, { object: no, action: 'request.refused' }, 20);
  assert.equal(told.filter(({ actorCode }) => actorCode === 'check002').length, 2);
  assert.equal((await findRequest(world.db, no))?.state, 'effective');
});

test('an amendment sent again with other content is not told that it was taken', async () => {
  const form = freshForm();
  const no = await submitOpening(clerk, form);
  await decide(check, no, 'return', '营业时间请核对');
  const commandId = hidden((await clerk.get(`/merchant-openings/${no}`)).html, 'commandId');
  const amend = async (businessHours: string) => {
    const { location } = await clerk.post(`/merchant-openings/${no}/submission`, { ...form, businessHours, commandId });
    return (await clerk.get(location ?? '')).html;
  };
  assert.match(await amend('08:00-22:00'), /操作成功/);
  assert.match(await amend('08:00-22:00'), /操作成功|待审核/);
  assert.doesNotMatch(await amend('00:00-24:00'), /操作成功/);
  assert.equal((await findRequest(world.db, no))?.whole.data.businessHours, '08:00-22:00');
});

test('values that no form has are answered, never by an error of ours', async () => {
  const htmx = { 'HX-Request': 'true' };
  const access = (await (await site.signIn('admin001')).post('/access-changes', { subject: 'userCreate:' })).location ?? '';
  const admin = await site.signIn('admin001');
  const answers = [
    await audit.get('/audit?from=0000-01-01'),
    await audit.get('/audit?until=0000-01-01'),
    await audit.get('/audit/export?from=0000-01-01'),
    await check.post('/inbox/bulk', { no: '\0', decision: 'approve' }),
    await check.post('/inbox/bulk', { no: 'a\0b', decision: 'approve' }),
    await check.post('/inbox/bulk/decision', { item: 'a\0b:1', decision: 'approve' }),
    ...(await Promise.all(['中', '😀', '\r\n', '\0'].map((batch) => check.post('/inbox/bulk/decision', { batch, decision: 'approve' }, htmx)))),
    ...(await Promise.all(
      ['中', '😀', '\r\n'].map((sha) => finance.post('/bank-lines/layouts', { sha, layout: '某行', 'word-0': '日期', 'role-0': 'date' }, htmx)),
    )),
    ...(await Promise.all(
      ['draft', 'check', 'submission'].map((act) => admin.post(`${access}/${act}`, { 'groups-move': 'in', 'groups-out': '\0', groups: '01' })),
    )),
  ];
  assert.deepEqual(
    answers.filter(({ status }) => status >= 500).map(({ status, html }) => [status, html.slice(0, 200)]),
    [],
  );
  for (const payloads of [[null], [{ metadata: null }], [{ metadata: { a: 1 } }], [{ metadata: { encoding: 'x' }, data: 5 }], [{ data: {} }]]) {
    const headers = { cookie: audit.cookieHeader, 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' };
    const answer = await fetch(`${site.base}/codec/decode?_csrf=${audit.token}`, { method: 'POST', headers, body: JSON.stringify({ payloads }) });
    assert.ok(answer.status < 500, String(answer.status));
  }
});

test('a draft that was handed in first is not said to be deleted', async () => {
  for (let i = 0; i < 6; i++) {
    const no = await draftOf(clerk);
    const [sent, deleted] = await Promise.all([
      clerk.post(`/merchant-openings/${no}/submission`, freshForm()),
      clerk.post(`/merchant-openings/${no}/deletion`, { sure: 'yes' }),
    ]);
    const there = (await findRequest(world.db, no)) !== null;
    assert.equal(deleted.status === 303, !there, `${sent.status} ${deleted.status}`);
  }
});
