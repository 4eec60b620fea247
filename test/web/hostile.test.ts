// What a hostile or an unlucky browser sends: uploads that break off or come all at once, ids used for something else, values that no form has.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { attachmentsOf } from '../../db/attachments.ts';
import { auditEntries } from '../../db/audit.ts';
import { findRequest, requestEvents } from '../../db/requests.ts';
import { readUpload } from '../../web/upload.ts';
import { placeOfStories } from '../place.ts';
import { decide, draftOf, freshForm, hidden, type Person, png, submitOpening } from './site.ts';

let clerk: Person;
let check: Person;
let finance: Person;
let audit: Person;
const here = placeOfStories({
  async ready() {
    clerk = await here.site.signIn('clerk001');
    check = await here.site.signIn('check001');
    finance = await here.site.signIn('finance1');
    audit = await here.site.signIn('audit001');
  },
});

const halves = () => {
  const folder = join(here.world.dir, 'statements');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('half-')) : [];
};
async function until(done: () => boolean): Promise<void> {
  for (let i = 0; !done(); i++) {
    assert.ok(i < 500, 'it never came');
    await pause(10);
  }
}

/** A picture unlike every other one. */
let pictures = 0;
const picture = async () => new File([await png().arrayBuffer(), `${pictures++}`], '门头.png', { type: 'image/png' });

/** Sends a form as it was written by hand, with `b` as its boundary. */
const sendForm = (person: Person, path: string, body: BodyInit) =>
  fetch(`${here.site.base}${path}?_csrf=${person.token}`, {
    method: 'POST',
    headers: { cookie: person.cookieHeader, 'Content-Type': 'multipart/form-data; boundary=b' },
    body,
    redirect: 'manual',
  });

/** Sends a form's beginning; then it ends there as if it were whole, or the line is cut. Answers the status, null when cut. */
async function breakOff(person: Person, path: string, cut: boolean, arrived: () => Promise<void> = () => pause(100)): Promise<number | null> {
  const start = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nhalf a line';
  const headers = { cookie: person.cookieHeader, 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': String(start.length + (cut ? 500 : 0)) };
  return new Promise((resolve, reject) => {
    const sending = request(`${here.site.base}${path}?_csrf=${person.token}`, { method: 'POST', headers }, (answer: IncomingMessage) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sending.on('error', (error) => (cut ? resolve(null) : reject(error)));
    sending.write(start);
    if (cut) void arrived().then(() => sending.destroy());
    else sending.end();
  });
}

test('thirty files at once: twenty are kept, the others told why, and everybody else goes on working', async () => {
  const no = await draftOf(clerk);
  const kept = (await attachmentsOf(here.world.db, no)).length;
  const files = await Promise.all(Array.from({ length: 30 }, picture));
  const [inbox, ...answers] = await Promise.all([
    check.get('/inbox'),
    ...files.map((file) => clerk.upload(`/merchant-openings/${no}/attachments`, 'other', file)),
  ]);
  assert.equal(inbox?.status, 200);
  assert.equal((await attachmentsOf(here.world.db, no)).length, 20);
  assert.equal(answers.filter(({ status }) => status === 303).length, 20 - kept);
  assert.ok(answers.every(({ status, html }) => status === 303 || (status === 422 && html.includes('最多'))));
  const ids = (await attachmentsOf(here.world.db, no)).map(({ id }) => id);
  const removals = await Promise.all(ids.map((id) => clerk.post(`/attachments/${id}/removal`)));
  assert.ok(removals.every(({ status }) => status === 303));
  assert.equal((await attachmentsOf(here.world.db, no)).length, 0);
});

test('a file that breaks off, by its end or by the line: the next one is taken, and nothing of it stays', async () => {
  const no = await draftOf(clerk);
  const before = (await attachmentsOf(here.world.db, no)).length;
  for (const cut of [false, true]) {
    assert.equal(await breakOff(clerk, `/merchant-openings/${no}/attachments`, cut), cut ? null : 422);
    assert.equal(await breakOff(finance, '/bank-lines/upload', cut, () => until(() => halves().length > 0)), cut ? null : 303);
    await until(() => halves().length === 0);
  }
  assert.equal((await clerk.upload(`/merchant-openings/${no}/attachments`, 'other', await picture())).status, 303);
  assert.equal((await attachmentsOf(here.world.db, no)).length, before + 1);
});

test('a file for another kind of request, or with a name that nothing can keep', async () => {
  const no = await draftOf(clerk);
  assert.equal((await clerk.upload(`/top-ups/${no}/attachments`, 'other', png())).status, 404);
  const head = `--b\r\nContent-Disposition: form-data; name="file"; filename*=utf-8''a%00b.png\r\nContent-Type: image/png\r\n\r\n`;
  const body = new Blob([head, await (await picture()).arrayBuffer(), '\r\n--b--\r\n']);
  const answer = await sendForm(clerk, `/merchant-openings/${no}/attachments`, body);
  assert.equal(answer.status, 303);
  assert.ok((await attachmentsOf(here.world.db, no)).some(({ fileName }) => fileName === 'ab.png'));
});

test('an id that was used for something else, or by somebody else, hides no attempt', async () => {
  const no = await submitOpening(clerk, freshForm());
  const page = (await clerk.get(`/requests/${no}`)).html;
  const commandId = hidden(page, 'commandId');
  assert.equal((await clerk.post(`/requests/${no}/comments`, { reason: '请尽快', revision: '1', commandId })).status, 303);
  const own = await clerk.post(`/requests/${no}/decision`, { decision: 'approve', reason: '', revision: '1', commandId });
  assert.equal(own.status, 422);
  assert.match(own.html, /同一操作员不能审核/);
  assert.ok(
    (await requestEvents(here.world.db, no)).some((event) => event.type === 'refused' && event.refusal === 'own_request' && event.by?.code === 'clerk001'),
  );

  // Sent twice it is one command, and both are told the same.
  const sheet = (await check.get(`/requests/${no}`)).html;
  const body = { decision: 'approve', reason: '', revision: hidden(sheet, 'revision'), commandId: hidden(sheet, 'commandId') };
  const twice = await Promise.all([check.post(`/requests/${no}/decision`, body), check.post(`/requests/${no}/decision`, body)]);
  assert.deepEqual(
    twice.map(({ status }) => status),
    [303, 303],
  );
  assert.equal((await requestEvents(here.world.db, no)).filter(({ type }) => type === 'approved').length, 1);

  const other = await here.site.signIn('check002');
  const used = new URL(twice[0]?.location ?? '', here.site.base).searchParams.get('command') ?? '';
  for (const id of [used, body.commandId]) {
    const late = await other.post(`/requests/${no}/decision`, { decision: 'reject', reason: '晚了', revision: '1', commandId: id });
    assert.match(late.html, /该申请已审核/);
  }
  const told = await auditEntries(here.world.db, { object: no, action: 'request.refused' }, 20);
  assert.equal(told.filter(({ actorCode }) => actorCode === 'check002').length, 2);
  assert.equal((await findRequest(here.world.db, no))?.state, 'effective');
});

test('an amendment is another one after each return, whatever id it carries', async () => {
  const form = freshForm();
  const no = await submitOpening(clerk, form);
  await decide(check, no, 'return', '营业时间请核对');
  const commandId = hidden((await clerk.get(`/merchant-openings/${no}`)).html, 'commandId');
  for (const [submissions, businessHours] of [
    [2, '08:00-22:00'],
    [3, '08:00-22:00'],
    [4, '10:00-20:00'],
  ] as const) {
    assert.equal((await clerk.post(`/merchant-openings/${no}/submission`, { ...form, businessHours, commandId })).status, 303);
    const row = await findRequest(here.world.db, no);
    assert.deepEqual([row?.state, row?.submissions, row?.whole.data.businessHours], ['submitted', submissions, businessHours]);
    await decide(check, no, 'return', '再核对一次');
  }
});

test('two comments of one form are two, and a bulk decision sent again as another one is refused and recorded', async () => {
  const no = await submitOpening(clerk, freshForm());
  const commandId = hidden((await clerk.get(`/requests/${no}`)).html, 'commandId');
  for (const reason of ['第一句', '第二句', '第二句'])
    assert.equal((await clerk.post(`/requests/${no}/comments`, { reason, revision: '1', commandId })).status, 303);
  const comments = (await requestEvents(here.world.db, no)).filter(({ type }) => type === 'commented');
  assert.deepEqual(
    comments.map(({ reason }) => reason),
    ['第一句', '第二句'],
  );

  const batch = 'one-batch';
  const bulk = async (person: Person, decision: string, reason = '') => {
    const { location } = await person.post('/inbox/bulk/decision', { item: `${no}:1`, decision, reason, batch });
    assert.ok(location, decision);
    return (await auditEntries(here.world.db, { object: batch, action: 'request.bulk' }, 1))[0]?.detail.taken;
  };
  assert.deepEqual([await bulk(check, 'approve'), await bulk(check, 'approve'), await bulk(check, 'reject', '不行')], [1, 1, 0]);
  assert.equal(await bulk(await here.site.signIn('check002'), 'approve'), 0);
  assert.equal((await auditEntries(here.world.db, { object: no, action: 'request.refused' }, 10)).length, 2);
});

test('a part of an unknown charset, and a disk that takes nothing: answered', async () => {
  const no = await draftOf(clerk);
  const odd = '--b\r\nContent-Disposition: form-data; name="part"\r\nContent-Type: text/plain; charset=gbk\r\n\r\nx\r\n--b--\r\n';
  for (const [person, path, status] of [
    [clerk, `/merchant-openings/${no}/attachments`, 422],
    [finance, '/bank-lines/upload', 303],
  ] as const)
    assert.equal((await sendForm(person, path, odd)).status, status);
  const full = createServer((req, res) => {
    const failing = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
    readUpload(req as never, 10_000_000, (stream) => pipeline(stream, failing)).then(
      () => res.end('taken'),
      (error: Error) => res.end(error.message),
    );
  }).listen(0, '127.0.0.1');
  await once(full, 'listening');
  for (const size of [10, 3_000_000]) {
    const body = new FormData();
    body.set('file', new File([Buffer.alloc(size)], 'a.csv'));
    const { port } = full.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body, signal: AbortSignal.timeout(5000) });
    assert.equal(await answer.text(), 'disk full');
  }
  full.closeAllConnections();
  full.close();
});

test('values that no form has are answered, never by an error of ours', async () => {
  const htmx = { 'HX-Request': 'true' };
  const access = (await (await here.site.signIn('admin001')).post('/access-changes', { subject: 'userCreate:' })).location ?? '';
  assert.notEqual(access, '');
  const admin = await here.site.signIn('admin001');
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
    const answer = await fetch(`${here.site.base}/codec/decode?_csrf=${audit.token}`, { method: 'POST', headers, body: JSON.stringify({ payloads }) });
    assert.equal(answer.status, 400);
  }
});

test('a draft that was handed in first is not said to be deleted', async () => {
  for (let i = 0; i < 6; i++) {
    const no = await draftOf(clerk);
    const [sent, deleted] = await Promise.all([
      clerk.post(`/merchant-openings/${no}/submission`, freshForm()),
      clerk.post(`/merchant-openings/${no}/deletion`, { sure: 'yes' }),
    ]);
    const there = (await findRequest(here.world.db, no)) !== null;
    assert.equal(deleted.status === 303, !there, `${sent.status} ${deleted.status}`);
  }
});
