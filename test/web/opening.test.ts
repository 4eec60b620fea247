// 商户开户 over HTTP: what a browser would send, on a real PostgreSQL and a real Temporal.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { attachmentsOf } from '../../db/attachments.ts';
import { auditEntries } from '../../db/audit.ts';
import { findDraft, makeDraft } from '../../db/drafts.ts';
import { findMerchant } from '../../db/merchants.ts';
import { findRequest, requestEvents } from '../../db/requests.ts';
import { openWorld, type World } from '../world.ts';
import { decide, draftOf, freshForm, hidden, openSite, type Person, png, type Site, submitOpening } from './site.ts';

let world: World;
let site: Site;
let stopWorker: () => Promise<void>;
let clerk: Person;
let check: Person;
before(async () => {
  world = await openWorld();
  site = await openSite(world);
  stopWorker = await world.work();
  clerk = await site.signIn('clerk001');
  check = await site.signIn('check001');
});
after(async () => {
  await site.close();
  await world.close();
});

const state = async (no: string) => (await findRequest(world.db, no))?.state;
const fault = (html: string, field: string) => new RegExp(`id="m-${field}" data-fault>([^<]+)<`).exec(html)?.[1] ?? null;

test('scenarios 3 and 6: submitted, returned with a reason, amended; the stale page is refused, the new one approved', async () => {
  const form = freshForm();
  const no = await submitOpening(clerk, form);
  assert.equal(await state(no), 'submitted');
  assert.equal((await findMerchant(world.db, form.merchantNo ?? ''))?.status, 'pending');
  const stalePage = (await check.get(`/requests/${no}`)).html;

  assert.match((await decide(check, no, 'return')).html, /请填写原因/);
  assert.equal((await decide(check, no, 'return', '营业时间与门店公示不一致')).status, 303);
  assert.match((await clerk.get(`/requests/${no}`)).html, /李审核 已退回:营业时间与门店公示不一致/);
  const amended = await clerk.post(`/merchant-openings/${no}/submission`, { ...form, businessHours: '08:00-22:00' });
  assert.equal(amended.status, 303);

  const stale = await check.post(`/requests/${no}/decision`, {
    decision: 'approve',
    reason: '',
    revision: hidden(stalePage, 'revision'),
    commandId: hidden(stalePage, 'commandId'),
  });
  assert.equal(stale.status, 422);
  assert.match(stale.html, /该记录已变更,请刷新后重新审核/);
  const page = (await check.get(`/requests/${no}`)).html;
  const differences = /id="differences"[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
  assert.match(differences, /营业时间[\s\S]*09:00-21:00[\s\S]*08:00-22:00/);
  assert.equal([...differences.matchAll(/<tr>/g)].length, 2, 'only what differs');
  assert.equal((await decide(check, no, 'approve')).status, 303);
  assert.equal(await state(no), 'effective');
  assert.equal((await findMerchant(world.db, form.merchantNo ?? ''))?.status, 'active');

  const auditor = await site.signIn('audit001');
  const story = (await auditor.get(`/requests/${no}`)).html;
  for (const word of ['提交', '退回', '修改后重新提交', '该记录已变更', '审核通过', '已生效']) assert.match(story, new RegExp(word));
  assert.match((await auditor.get(`/requests/${no}/history`)).html, /WorkflowExecutionSignaled[\s\S]*decide/);
});

test('scenario 5: nobody decides their own, with or without the review right, and every attempt is on record', async () => {
  const no = await submitOpening(clerk, freshForm());
  await world.db.execute(sql`insert into group_member values ('clerk001', '03') on conflict do nothing`);
  for (const decision of ['approve', 'return', 'reject'] as const) {
    const answer = await decide(clerk, no, decision, '理由');
    assert.equal(answer.status, 422);
    assert.match(answer.html, /同一操作员不能审核！/);
  }
  await world.db.execute(sql`delete from group_member where user_code = 'clerk001' and group_code = '03'`);
  assert.match((await decide(clerk, no, 'approve')).html, /同一操作员不能审核！/);
  assert.equal(await state(no), 'submitted');
  const attempts = await auditEntries(world.db, { object: no, action: 'request.refused' }, 10);
  assert.deepEqual(
    attempts.map((entry) => [entry.actorCode, entry.detail.refusal]),
    Array(4).fill(['clerk001', 'own_request']),
  );
});

test('who holds entry and review may not decide even another’s; other duties not at all', async () => {
  const no = await submitOpening(clerk, freshForm());
  await world.db.execute(sql`insert into group_member values ('clerk002', '03')`);
  assert.match((await decide(await site.signIn('clerk002'), no, 'approve')).html, /录入与审核、审核与系统管理不能由同一人担任/);
  await world.db.execute(sql`delete from group_member where user_code = 'clerk002' and group_code = '03'`);
  for (const code of ['finance1', 'admin001', 'leader01']) assert.equal((await decide(await site.signIn(code), no, 'approve')).status, 403, code);
  assert.match((await decide(await site.signIn('audit001'), no, 'approve')).html, /当前级次不由您审核/);
  assert.equal(await state(no), 'submitted');
});

test('scenario 4: each bad identifier is refused on its own field, in Chinese, with what was typed kept', async () => {
  const no = await draftOf(clerk);
  const cases: [string, string, string][] = [
    ['uscc', '91350100M000100Y45', '校验位不正确,请核对'],
    ['uscc', '91350100M000100Y4Z', '含有不允许的字符'],
    ['idCardNo', '11010519900230001X', '出生日期不存在'],
    ['cnapsCode', '102100099997', '校验位不正确,请核对'],
    ['cnapsCode', '105100000017', '联行号与开户行不一致'],
    ['merchantNo', '898999954110001', '地区代码不存在'],
    ['merchantNo', '898210100010001', '商户类别不存在'],
    ['merchantNo', '102210154110001', '前三位不是本机构的收单机构代码'],
    ['contactMobile', '02400000000', '不是有效的手机号码'],
    ['singleLimit', '1.005', '不是有效的金额,例如 1,000.00'],
    ['merchantName', '名'.repeat(61), '内容过长'],
    ['shortName', 'a\u202Eb', '含有不可见的控制字符'],
    ['openingBankName', '不存在的银行', '开户行不在银行目录中'],
  ];
  for (const [field, value, message] of cases) {
    const answer = await clerk.post(`/merchant-openings/${no}/submission`, freshForm({ [field]: value }));
    assert.equal(answer.status, 422, field);
    assert.equal(fault(answer.html, field), message, value);
    if (field !== 'openingBankName') assert.ok(answer.html.includes(`value="${value}"`), `${value} is kept`);
    const left = await clerk.post(`/merchant-openings/${no}/fields/${field}`, freshForm({ [field]: value }));
    assert.match(left.html, new RegExp(message.slice(0, 6)), 'the same message when leaving the field');
  }
  assert.equal(await state(no), undefined);
});

test('scenario 4: a number in use is refused, also a rejected one; the same legal person is a warning confirmed with a reason', async () => {
  const first = freshForm();
  const no = await submitOpening(clerk, first);
  const other = await draftOf(clerk);
  const submit = (changes: Record<string, string>) => clerk.post(`/merchant-openings/${other}/submission`, { ...freshForm(), ...changes });
  assert.equal(fault((await submit({ merchantNo: first.merchantNo ?? '' })).html, 'merchantNo'), '您自定义的商户编号已经存在');
  await decide(check, no, 'reject', '资料虚假');
  assert.equal(fault((await submit({ merchantNo: first.merchantNo ?? '' })).html, 'merchantNo'), '您自定义的商户编号已经存在');
  const warned = await submit({ 'reason-uscc': '', 'reason-idCardNo': '' });
  assert.equal(warned.status, 422);
  assert.match(warned.html, /身份证号相同,请核实;确认无误请填写理由/);
  assert.equal((await submit({})).status, 303);
  assert.match((await check.get(`/requests/${other}`)).html, /已确认的提示[\s\S]*同一集团门店/);
});

test('a reason once given stays with the draft while what it is about stays the same, also where no form asks for it', async () => {
  const no = await draftOf(clerk);
  const { 'reason-uscc': _uscc, 'reason-idCardNo': _idCardNo, 'reason-settlementAccountNo': _account, ...silent } = freshForm();
  const reasonsAfter = async (form: Record<string, string>) => {
    await clerk.post(`/merchant-openings/${no}/draft`, form);
    return (await findDraft(world.db, no))?.reasons;
  };
  const given = { 'reason-uscc': '同一集团门店', 'reason-idCardNo': '同一法人' };
  assert.deepEqual(await reasonsAfter({ ...silent, ...given }), { uscc: '同一集团门店', idCardNo: '同一法人' });
  assert.deepEqual(await reasonsAfter({ ...silent, shortName: '另一个简称' }), { uscc: '同一集团门店', idCardNo: '同一法人' });
  assert.deepEqual(await reasonsAfter({ ...silent, idCardNo: '210102198506123045' }), { uscc: '同一集团门店' });
  assert.deepEqual(await reasonsAfter({ ...silent, idCardNo: '210102198506123045', 'reason-uscc': '' }), {});
});

test('自动生成 draws a number from area and MCC; two drafts never get the same', async () => {
  const numbers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const no = await world.db.transaction((tx) => makeDraft(tx, 'merchantOpening', 'clerk001', new Date()));
      await clerk.post(`/merchant-openings/${no}/number`, { areaCode: '2102', mcc: '5812' });
      return (await findDraft(world.db, no))?.data.merchantNo;
    }),
  );
  assert.equal(new Set(numbers).size, 8);
  assert.ok(numbers.every((number) => number?.startsWith('89821025812')));
  const no = await draftOf(clerk);
  assert.equal(fault((await clerk.post(`/merchant-openings/${no}/number`, { areaCode: '', mcc: '5812' })).html, 'areaCode'), '必填');
  await world.db.execute(sql`update merchant_counter set last = 9999 where prefix = '89821025812'`);
  assert.equal(fault((await clerk.post(`/merchant-openings/${no}/number`, { areaCode: '2102', mcc: '5812' })).html, 'merchantNo'), '该类商户编号已用完');
});

test('double click, resent POST, back and resubmit: one request', async () => {
  const no = await draftOf(clerk);
  const form = freshForm();
  const all = await Promise.all(Array.from({ length: 6 }, () => clerk.post(`/merchant-openings/${no}/submission`, form)));
  assert.ok(
    all.every((answer) => answer.status === 303 || answer.status === 409),
    all.map((answer) => answer.status).join(),
  );
  const back = await clerk.post(`/merchant-openings/${no}/submission`, { ...form, merchantName: '另一个名字' });
  assert.equal(back.status, 409);
  assert.equal((await requestEvents(world.db, no)).length, 1);
  assert.equal((await findRequest(world.db, no))?.title, form.merchantName);
  const page = (await check.get(`/requests/${no}`)).html;
  const body = { decision: 'approve', reason: '', revision: hidden(page, 'revision'), commandId: hidden(page, 'commandId') };
  const decisions = await Promise.all(Array.from({ length: 6 }, () => check.post(`/requests/${no}/decision`, body)));
  assert.ok(
    decisions.every((answer) => answer.status === 303),
    'a resent command answers what the first one did',
  );
  assert.deepEqual(
    (await requestEvents(world.db, no)).map((event) => event.type),
    ['submitted', 'approved', 'effective'],
  );
});

test('while a submission is under way its draft stays as it is: nothing is typed over, attached or taken away', async () => {
  const no = await draftOf(clerk);
  const form = freshForm();
  await clerk.post(`/merchant-openings/${no}/draft`, form);
  const attachment = /\/attachments\/([\w-]+)"/.exec((await clerk.get(`/merchant-openings/${no}`)).html)?.[1];
  await world.db.execute(sql`update request_draft set held_until = now() + interval '10 s' where request_no = ${no}`);
  // Leaving a field is only a look at it: it changes nothing and says nothing.
  for (const [path, status] of [
    ['draft', 409],
    ['fields/uscc', 204],
    ['number', 409],
  ] as const)
    assert.equal((await clerk.post(`/merchant-openings/${no}/${path}`, { ...form, merchantName: '改过的名字' })).status, status, path);
  assert.equal((await clerk.upload(`/merchant-openings/${no}/attachments`, 'other', png())).status, 409);
  assert.equal((await clerk.post(`/attachments/${attachment}/removal`)).status, 409);
  assert.equal((await findDraft(world.db, no))?.data.merchantName, form.merchantName);
  assert.equal((await attachmentsOf(world.db, no)).length, 1);
  // The submission that held it never arrived, so the next one goes ahead.
  assert.equal((await clerk.post(`/merchant-openings/${no}/submission`, form)).status, 303);
});

test('scenario 7: two reviewers at once; a decision after the end is told why and audited', async () => {
  const no = await submitOpening(clerk, freshForm());
  const second = await site.signIn('check002');
  const answers = await Promise.all([decide(check, no, 'approve'), decide(second, no, 'approve')]);
  assert.deepEqual(answers.map((answer) => answer.status).toSorted(), [303, 422]);
  assert.match(answers.find((answer) => answer.status === 422)?.html ?? '', /该申请已审核/);
  const late = await second.post(`/requests/${no}/decision`, { decision: 'reject', reason: '晚了', revision: '1', commandId: 'late-1' });
  assert.match(late.html, /该申请已审核/);
  const told = await auditEntries(world.db, { object: no, action: 'request.refused' }, 10);
  assert.ok(told.some((entry) => entry.actorCode === 'check002' && entry.detail.tried === 'reject'));
});

test('worker down: submission and decision are accepted, the page says so, and both take effect when it is back', async () => {
  const before = await submitOpening(clerk, freshForm());
  await stopWorker();
  const no = await submitOpening(clerk, freshForm());
  assert.match((await clerk.get(`/requests/${no}`)).html, /申请已受理,系统恢复服务后即生效/);
  assert.match((await clerk.get('/merchant-openings')).html, /已受理/);
  const decided = await decide(check, before, 'approve');
  assert.equal(decided.status, 303);
  assert.match((await check.get(decided.location ?? '')).html, /您的操作已记录,系统恢复服务后即生效/);
  stopWorker = await world.work();
  for (let i = 0; i < 100 && ((await state(no)) === undefined || (await state(before)) !== 'effective'); i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([await state(no), await state(before)], ['submitted', 'effective']);
  assert.match((await check.get(decided.location ?? '')).html, /操作成功/);
});

test('Temporal down: a clear message, the draft kept, nothing half-made', async () => {
  const lonely = await openSite(world, { TEMPORAL_ADDRESS: '127.0.0.1:9' });
  const person = await lonely.signIn('clerk001');
  const no = await draftOf(person);
  const form = freshForm();
  const answer = await person.post(`/merchant-openings/${no}/submission`, form);
  assert.equal(answer.status, 503);
  assert.match(answer.html, /流程服务/);
  assert.ok(answer.html.includes(`value="${form.merchantNo}"`));
  const draft = await findDraft(world.db, no);
  assert.deepEqual([draft?.acceptedAt, draft?.data.merchantNo], [null, form.merchantNo]);
  assert.equal(await state(no), undefined);
  assert.equal((await lonely.visit().get('/readyz')).status, 503);
  await lonely.close();
  assert.equal((await clerk.post(`/merchant-openings/${no}/submission`, form)).status, 303);
});

test('drafts: another clerk sees nothing of it; deleted only when asked twice, and its number is free again', async () => {
  const no = await draftOf(clerk);
  const form = freshForm();
  const other = await site.signIn('clerk002');
  for (const path of [`/merchant-openings/${no}`, `/requests/${no}`]) assert.equal((await other.get(path)).status, 404);
  assert.equal((await other.post(`/merchant-openings/${no}/submission`, form)).status, 404);
  await clerk.post(`/merchant-openings/${no}/number`, { ...form, areaCode: '2103', mcc: '5411' });
  const number = (await findDraft(world.db, no))?.data.merchantNo ?? '';
  assert.equal((await clerk.post(`/merchant-openings/${no}/deletion`)).status, 200);
  assert.ok(await findDraft(world.db, no));
  assert.equal((await clerk.post(`/merchant-openings/${no}/deletion`, { sure: 'yes' })).status, 303);
  assert.equal(await findDraft(world.db, no), null);
  const heir = await draftOf(clerk);
  assert.equal((await clerk.post(`/merchant-openings/${heir}/submission`, { ...freshForm(), merchantNo: number })).status, 303);
  assert.equal((await clerk.post(`/merchant-openings/${heir}/deletion`, { sure: 'yes' })).status, 409, 'submitted requests cannot be deleted');
});
