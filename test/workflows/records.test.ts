// Merchants and terminals after their opening: change, freeze, restore, cancel; register, change, turn off. Scenarios 8 and 9 but for the messages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { findMerchant, merchantVersions } from '../../db/merchants.ts';
import { openRequestsOf } from '../../db/open-requests.ts';
import { policyValue } from '../../db/reference.ts';
import { requestEvents } from '../../db/requests.ts';
import { findTerminal, terminals } from '../../db/terminals.ts';
import { openKey } from '../../stack/terminal-keys.ts';
import { check001, clerk001, clerk002, command, leader01, m1, opening, request } from '../cast.ts';
import { moneyOf } from '../money.ts';
import { change, recordsOf, registration, simple } from '../records.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, TERMINAL_KEY_SECRET, type World } from '../world.ts';

let world: World;
const stories = storiesOf(() => world);
const { start, say, view, approve, amend, keep } = stories;
const { openMerchant } = moneyOf(() => world, stories);
const { registered } = recordsOf(() => world, stories);
before(async () => {
  world = await openWorld();
  await world.work();
});
after(() => world.close());

const status = async (merchantNo: string) => (await findMerchant(world.db, merchantNo))?.status;
const ends = async (handle: WorkflowHandle, how: 'reject' | 'withdraw') => {
  const { revision } = await view(handle);
  const by = how === 'reject' ? check001 : clerk001;
  return say(handle, how === 'reject' ? 'decide' : 'withdraw', command(how, by, revision, { reason: '不同意' }));
};
const lastRefusal = async (handle: WorkflowHandle) => (await view(handle)).events.at(-1)?.refusal;

test('变更: a new version, the old one kept; one open request per record; a change of an older version is refused', async () => {
  const merchantNo = await openMerchant();
  const handle = await start(change(merchantNo, { businessHours: '07:00-23:00' }));
  await view(handle);
  const second = await start(change(merchantNo, { shortName: '别名' }));
  assert.equal(await lastRefusal(second), 'record_busy');
  assert.deepEqual(
    (await openRequestsOf(world.db, [`merchant:${merchantNo}`])).map((one) => one.requestNo),
    [handle.workflowId],
  );
  assert.equal((await approve(handle))?.state, 'effective');
  const versions = await merchantVersions(world.db, merchantNo);
  assert.deepEqual(
    versions.map((one) => [one.version, one.form.businessHours]),
    [
      [2, '07:00-23:00'],
      [1, '09:00-21:00'],
    ],
  );
  assert.deepEqual(await openRequestsOf(world.db, [`merchant:${merchantNo}`]), []);
  await amend(second, { shortName: '别名' });
  assert.equal(await lastRefusal(second), 'merchant_changed');
  await keep('merchant-change', handle);
  await keep('merchant-change-refused', second);
});

test('冻结 acts at submission and is confirmed; refused or withdrawn, the merchant is 正常 again; 恢复 needs approval', async () => {
  const merchantNo = await openMerchant();
  for (const how of ['reject', 'withdraw'] as const) {
    const handle = await start(simple('merchantFreeze', merchantNo));
    await view(handle);
    assert.equal(await status(merchantNo), 'frozen');
    await ends(handle, how);
    assert.equal(await status(merchantNo), 'active');
    await keep(`merchant-freeze-${how}`, handle);
  }
  const freeze = await start(simple('merchantFreeze', merchantNo));
  assert.equal((await approve(freeze))?.state, 'effective');
  assert.equal(await status(merchantNo), 'frozen');
  const restore = await start(simple('merchantRestore', merchantNo));
  await view(restore);
  assert.equal(await status(merchantNo), 'frozen', 'not before it is approved');
  assert.equal((await approve(restore))?.state, 'effective');
  assert.equal(await status(merchantNo), 'active');
  const again = await start(simple('merchantRestore', merchantNo));
  assert.equal(await lastRefusal(again), 'merchant_not_frozen');
  await keep('merchant-freeze', freeze);
  await keep('merchant-restore', restore);
});

test('注销: refused with what is open; frozen at submission; approved, terminals and merchant go together; refused, all is as before', async () => {
  const merchantNo = await openMerchant();
  const [terminalNo = ''] = await registered(merchantNo);
  const pending = await start(registration(merchantNo));
  await view(pending);
  const tooSoon = await start(simple('merchantCancellation', merchantNo));
  assert.equal(await lastRefusal(tooSoon), 'requests_open');
  await ends(tooSoon, 'withdraw');
  await ends(pending, 'reject');
  const refused = await start(simple('merchantCancellation', merchantNo));
  await view(refused);
  assert.equal(await status(merchantNo), 'frozen');
  await ends(refused, 'reject');
  assert.equal(await status(merchantNo), 'active');
  const handle = await start(simple('merchantCancellation', merchantNo));
  assert.equal((await approve(handle))?.state, 'effective');
  assert.deepEqual([await status(merchantNo), (await findTerminal(world.db, terminalNo))?.status], ['cancelled', 'cancelled']);
  const reopened = await start(opening({ merchantNo }));
  assert.equal(await lastRefusal(reopened), 'number_taken');
  await keep('merchant-cancellation-rejected', refused);
});

test('scenario 8: a terminal needs an active merchant; several at once; each with a number and a key of its own', async () => {
  const waiting = opening();
  await view(await start(waiting));
  assert.equal(await lastRefusal(await start(registration(waiting.merchantNo))), 'merchant_not_active');
  const merchantNo = await openMerchant();
  const handle = await start(registration(merchantNo, 3));
  await view(handle);
  const rows = await terminals(world.db, { openedBy: handle.workflowId }, 20);
  assert.deepEqual(
    rows.map((row) => row.status),
    ['pending', 'pending', 'pending'],
  );
  assert.equal(new Set(rows.map((row) => row.keyCipher)).size, 3);
  const [first] = rows;
  assert.match(openKey(TERMINAL_KEY_SECRET, first?.terminalNo ?? '', first?.keyCipher ?? ''), /^[0-9a-f]{64}$/);
  assert.throws(() => openKey(TERMINAL_KEY_SECRET, '99999999', first?.keyCipher ?? ''), 'a key belongs to its terminal');
  assert.equal((await approve(handle))?.state, 'effective');
  assert.deepEqual(
    (await terminals(world.db, { openedBy: handle.workflowId }, 20)).map((row) => [row.status, row.version]),
    [
      ['active', 1],
      ['active', 1],
      ['active', 1],
    ],
  );
  const same = await start(registration(merchantNo, 1, { serialNo: first?.serialNo ?? '' }));
  assert.equal(await lastRefusal(same), 'serial_taken');
  await keep('terminal-registration', handle);
  await keep('terminal-registration-refused', same);
});

test('ten registrations at once draw ten different numbers; a typed number is taken once', async () => {
  const merchantNo = await openMerchant();
  const handles = await Promise.all(Array.from({ length: 10 }, () => start(registration(merchantNo, 2))));
  await Promise.all(handles.map((handle) => view(handle)));
  const numbers = (await Promise.all(handles.map((handle) => terminals(world.db, { openedBy: handle.workflowId }, 20)))).flat().map((row) => row.terminalNo);
  assert.equal(new Set(numbers).size, 20);
  const typed = await start(registration(merchantNo, 1, { terminalNo: '55550001' }));
  assert.equal((await view(typed)).state, 'submitted');
  assert.equal(await lastRefusal(await start(registration(merchantNo, 1, { terminalNo: '55550001' }))), 'number_taken');
});

test('a typed number stays its request’s through a return; one at the end of the range does not stop the counter', async () => {
  const merchantNo = await openMerchant();
  const handle = await start(registration(merchantNo, 1, { terminalNo: '89999999' }));
  await say(handle, 'decide', command('return', check001, (await view(handle)).revision, { reason: '地址不详' }));
  await amend(handle, { installAddress: '沈阳市和平区 9 号' });
  assert.equal((await view(handle)).state, 'submitted');
  assert.deepEqual(
    (await terminals(world.db, { openedBy: handle.workflowId }, 5)).map((row) => row.terminalNo),
    ['89999999'],
  );
  const drawn = await start(registration(merchantNo, 2));
  assert.equal((await view(drawn)).state, 'submitted');
  assert.ok((await terminals(world.db, { openedBy: drawn.workflowId }, 5)).every((row) => row.terminalNo < '20000000'));
});

test('a registration that is amended writes its terminals anew; rejected, they are rejected', async () => {
  const merchantNo = await openMerchant();
  const handle = await start(registration(merchantNo, 2));
  await say(handle, 'decide', command('return', check001, (await view(handle)).revision, { reason: '地址不详' }));
  await amend(handle, { installAddress: '沈阳市和平区 1 号 2 层' });
  const rows = await terminals(world.db, { openedBy: handle.workflowId }, 20);
  assert.deepEqual(
    rows.map((row) => row.installAddress),
    ['沈阳市和平区 1 号 2 层', '沈阳市和平区 1 号 2 层'],
  );
  await ends(handle, 'reject');
  assert.deepEqual(
    (await terminals(world.db, { openedBy: handle.workflowId }, 20)).map((row) => row.status),
    ['rejected', 'rejected'],
  );
  await keep('terminal-registration-amended-rejected', handle);
});

test('scenario 9: 终端注销 turns off at submission; refused, usable again; approved, 已注销 for ever', async () => {
  const merchantNo = await openMerchant();
  const [t1 = '', t2 = ''] = await registered(merchantNo, 2);
  const off = () => start(request('terminalCancellation', { merchantNo, title: m1.merchantName, data: { terminalNos: t1, reason: '撤机' } }));
  const refused = await off();
  await view(refused);
  assert.deepEqual([(await findTerminal(world.db, t1))?.status, (await findTerminal(world.db, t2))?.status], ['frozen', 'active']);
  assert.equal(await lastRefusal(await off()), 'record_busy');
  await ends(refused, 'reject');
  assert.equal((await findTerminal(world.db, t1))?.status, 'active');
  const handle = await off();
  assert.equal((await approve(handle))?.state, 'effective');
  assert.deepEqual([(await findTerminal(world.db, t1))?.status, (await findTerminal(world.db, t2))?.status], ['cancelled', 'active']);
  const edit = await start(request('terminalChange', { merchantNo, title: m1.merchantName, data: { terminalNo: t1, baseVersion: '1' } }));
  assert.equal(await lastRefusal(edit), 'terminal_not_active');
  await keep('terminal-cancellation-rejected', refused);
  await keep('terminal-cancellation', handle);
});

test('终端信息变更: a new version on top of the one that was seen', async () => {
  const merchantNo = await openMerchant();
  const [terminalNo = ''] = await registered(merchantNo);
  const row = await findTerminal(world.db, terminalNo);
  const data = { ...row?.form, terminalNo, installAddress: '大连市中山区 8 号', baseVersion: '1' };
  const handle = await start(request('terminalChange', { merchantNo, title: m1.merchantName, data }));
  await view(handle);
  assert.equal((await approve(handle))?.state, 'effective');
  const now = await findTerminal(world.db, terminalNo);
  assert.deepEqual([now?.version, now?.installAddress, now?.serialNo], [2, '大连市中山区 8 号', row?.serialNo]);
  await keep('terminal-change', handle);
});

test('参数变更: 主管 decides, the value that was seen must stand, and running requests keep their plan', async () => {
  const admin = { code: 'admin001', name: '系统管理员', groups: ['01'], rights: ['policyChange', 'userManagement'] };
  const merchantNo = await openMerchant();
  const nobody = await start(
    request('policyChange', { title: 'x', data: { policyKey: 'plan.policyChange.levels', policyValue: '99', policyBefore: '05', reason: '手误' } }, admin),
  );
  assert.equal(await lastRefusal(nobody), 'policy_unknown', 'a group that nobody is in could never decide');
  const running = await start(simple('merchantFreeze', merchantNo));
  const before = (await view(running)).plan;
  const data = { policyKey: 'time.escalate', policyValue: '60', policyBefore: '1440', reason: '加快审核' };
  const handle = await start(request('policyChange', { title: 'time.escalate', data }, admin));
  const stale = await start(
    request('policyChange', { title: 'time.expire', data: { policyKey: 'time.expire', policyValue: '60', policyBefore: '1', reason: '试' } }, admin),
  );
  assert.equal(await lastRefusal(stale), 'policy_changed');
  assert.equal((await say(handle, 'decide', command('approve', leader01, (await view(handle)).revision)))?.state, 'effective');
  assert.equal(await policyValue(world.db, 'time.escalate'), '60');
  assert.deepEqual((await view(running)).plan, before);
  const next = await start(simple('merchantCancellation', await openMerchant()));
  assert.equal((await view(next)).plan?.escalateMs, 3_600_000);
  await keep('policy-change', handle);
});

test('four eyes at every kind: the maker, a second maker who amended, and who approved a level below are refused', async () => {
  const both = { ...clerk001, groups: ['02', '03'], rights: [...clerk001.rights, 'merchantReview', 'terminalReview'] };
  const merchantNo = await openMerchant();
  for (const submission of [simple('merchantFreeze', merchantNo), registration(await openMerchant())]) {
    const handle = await start(submission);
    const { revision } = await view(handle);
    for (const action of ['approve', 'return', 'reject'] as const)
      assert.equal((await say(handle, 'decide', command(action, both, revision, { reason: '自己' })))?.refusal, 'own_request');
    const upper = { ...both, code: 'CLERK001' };
    assert.equal((await say(handle, 'decide', command('approve', upper, revision)))?.refusal, 'own_request');
    const other = { ...clerk002, groups: ['02', '03'], rights: [...both.rights, 'merchantFreeze', 'terminalRegistration'] };
    assert.equal((await say(handle, 'decide', command('approve', other, revision)))?.refusal, 'duty_conflict');
    assert.equal((await requestEvents(world.db, handle.workflowId)).filter((event) => event.type === 'refused').length, 5);
  }
});
