// 商户开户 as stories on a real Temporal server and a real PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { findQuota } from '../../db/ledger.ts';
import { findMerchant, merchantVersions } from '../../db/merchants.ts';
import { findRequest, requestEvents } from '../../db/requests.ts';
import { check001, check002, clerk001, command, opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
const { start, tell, say, outcome, view, written, approve, giveBack, amend, keep } = storiesOf(() => world);
before(async () => {
  world = await openWorld();
  await world.work();
});
after(() => world.close());

const status = async (merchantNo: string) => (await findMerchant(world.db, merchantNo))?.status;
const types = async (requestNo: string) => (await requestEvents(world.db, requestNo)).map((event) => event.type);

test('clerk001 opens a merchant, check001 returns it, clerk001 amends, check001 approves: the merchant is active', async () => {
  const submission = opening();
  const handle = await start(submission);
  assert.deepEqual((await view(handle)).plan?.levels, [{ group: '03' }]);
  assert.equal(await status(submission.merchantNo), 'pending');

  const own = await say(handle, 'decide', command('approve', { ...clerk001, groups: ['02', '03'], rights: [...clerk001.rights, 'merchantReview'] }, 1));
  assert.equal(own?.refusal, 'own_request');
  const returned = await giveBack(handle, 1);
  assert.deepEqual([returned?.accepted, returned?.state], [true, 'returned']);
  const amended = await amend(handle, { businessHours: '08:00-22:00' });
  assert.deepEqual([amended?.accepted, amended?.state], [true, 'submitted']);
  assert.equal((await say(handle, 'decide', command('approve', check001, 1)))?.refusal, 'stale');
  const decision = command('approve', check001, amended?.revision ?? 0);
  const approved = await say(handle, 'decide', decision);
  assert.deepEqual([approved?.accepted, approved?.state], [true, 'effective']);
  assert.equal(await handle.result(), 'effective');

  const merchant = await findMerchant(world.db, submission.merchantNo);
  assert.deepEqual([merchant?.status, merchant?.version], ['active', 1]);
  const [version] = await merchantVersions(world.db, submission.merchantNo);
  assert.deepEqual([version?.requestNo, version?.form.businessHours], [submission.requestNo, '08:00-22:00']);
  assert.equal((await findQuota(world.db, submission.merchantNo))?.available, 0);
  const row = await findRequest(world.db, submission.requestNo);
  assert.deepEqual([row?.state, row?.waitsFor], ['effective', null]);
  assert.deepEqual(await types(submission.requestNo), ['submitted', 'refused', 'returned', 'amended', 'refused', 'approved', 'effective']);
  assert.equal((await outcome(handle, decision.commandId)).state, 'effective');
  await keep('returned-amended-approved', handle);
});

test('a one-level approval costs at most 14 events and 6 state transitions', async () => {
  for (let i = 0; i < 5; i++) {
    const submission = opening();
    const handle = await start(submission);
    await written(submission.requestNo);
    await pause(50);
    await tell(handle, 'decide', command('approve', check001, 1));
    await handle.result();
    const { raw } = await handle.describe();
    const [events, transitions] = [Number(raw.workflowExecutionInfo?.historyLength), Number(raw.workflowExecutionInfo?.stateTransitionCount)];
    console.log(`one-level approval: ${events} events, ${transitions} state transitions, ${raw.workflowExecutionInfo?.historySizeBytes} bytes`);
    assert.ok(events <= 14 && transitions <= 6);
    if (i === 0) await keep('approved', handle);
  }
});

test('rejected: the record is rejected and its number stays reserved', async () => {
  const submission = opening();
  const handle = await start(submission);
  await say(handle, 'decide', command('reject', check001, 1, { reason: '查无此人' }));
  assert.equal(await handle.result(), 'rejected');
  assert.equal(await status(submission.merchantNo), 'rejected');
  const again = await start(opening({ merchantNo: submission.merchantNo }));
  const second = await view(again);
  assert.deepEqual([second.state, second.events.at(-1)?.refusal], ['returned', 'number_taken']);
  await keep('rejected', handle);
  await keep('submission-refused', again);
});

test('withdrawn by its maker, and by nobody else', async () => {
  const submission = opening();
  const handle = await start(submission);
  assert.equal((await say(handle, 'withdraw', command('withdraw', check001, 1)))?.refusal, 'not_maker');
  assert.equal((await say(handle, 'withdraw', command('withdraw', clerk001, 1)))?.state, 'withdrawn');
  assert.equal(await handle.result(), 'withdrawn');
  assert.equal(await status(submission.merchantNo), 'rejected');
  await keep('withdrawn', handle);
});

test('claim, release, hand over, comment, urge: on record, and only the holder decides', async () => {
  const submission = opening();
  const handle = await start(submission);
  await say(handle, 'claim', command('claim', check002, 1));
  assert.equal((await say(handle, 'decide', command('approve', check001, 1)))?.refusal, 'claimed_by_other');
  await say(handle, 'comment', command('comment', check002, 1, { reason: '已电话核实' }));
  await say(handle, 'urge', command('urge', clerk001, 1));
  await say(handle, 'release', command('release', check002, 1));
  await say(handle, 'handOver', command('handOver', check002, 1, { to: check001, reason: '请帮忙' }));
  assert.equal((await findRequest(world.db, submission.requestNo))?.claimedBy, 'check001');
  assert.equal((await say(handle, 'decide', command('approve', check001, 1)))?.state, 'effective');
  assert.deepEqual(await types(submission.requestNo), [
    'submitted',
    'claimed',
    'refused',
    'commented',
    'urged',
    'released',
    'handedOver',
    'approved',
    'effective',
  ]);
  await keep('claimed-handed-over', handle);
});

test('forged payloads, unknown signals and a cancellation are recorded, and the next good decision still works', async () => {
  const submission = opening();
  const handle = await start(submission);
  await view(handle);
  const { connection } = world.client;
  const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(command('approve', check001, 1))) };
  const workflowExecution = { workflowId: submission.requestNo };
  const raw = (signalName: string, payloads: object[]) =>
    connection.workflowService.signalWorkflowExecution({ namespace: world.namespace, workflowExecution, signalName, input: { payloads } });
  await raw('decide', [plain]);
  await raw('decide', []);
  await raw('decide', [{ metadata: { encoding: Buffer.from('binary/encrypted') }, data: Buffer.from('rubbish') }]);
  await tell(handle, 'approveAtOnce', command('approve', check001, 1));
  await tell(handle, 'claim', command('approve', check001, 1));
  await handle.cancel();
  const before = await view(handle);
  assert.deepEqual([before.state, before.refusedCount], ['submitted', 6]);
  const seen = before.events.filter((event) => event.type === 'refused').map((event) => event.refusal);
  assert.deepEqual(seen.toSorted(), ['cancel_not_allowed', 'forged_command', 'forged_command', 'forged_command', 'forged_command', 'unknown_signal']);
  assert.equal((await approve(handle))?.state, 'effective');
  assert.equal(await handle.result(), 'effective');
  assert.equal(await status(submission.merchantNo), 'active');
  await keep('forged-and-cancelled', handle);
});

test('an approval copied from another request is forged', async () => {
  const [theirs, mine] = [await start(opening()), await start(opening())];
  await view(theirs);
  await view(mine);
  await tell(theirs, 'decide', command('approve', check001, 1));
  await theirs.result();
  const copied = (await theirs.fetchHistory()).events?.find((event) => event.workflowExecutionSignaledEventAttributes)?.workflowExecutionSignaledEventAttributes
    ?.input;
  const { workflowService } = world.client.connection;
  await workflowService.signalWorkflowExecution({
    namespace: world.namespace,
    workflowExecution: { workflowId: mine.workflowId },
    signalName: 'decide',
    input: copied ?? {},
  });
  const request = await view(mine);
  assert.deepEqual([request.state, request.events.at(-1)?.refusal], ['submitted', 'forged_command']);
});

test('a command that is sent again is taken once; decisions after the end are refused', async () => {
  const handle = await start(opening());
  await view(handle);
  const comment = command('comment', check001, 1, { reason: '一次' });
  for (let i = 0; i < 5; i++) await tell(handle, 'comment', comment);
  const request = await view(handle);
  assert.equal(request.events.filter((event) => event.type === 'commented').length, 1);
  await approve(handle);
  await handle.result();
  await assert.rejects(tell(handle, 'decide', command('reject', check002, 1, { reason: '晚了' })), { name: 'WorkflowNotFoundError' });
  await keep('resent', handle);
});

test('two reviewers within milliseconds: one outcome, the other told why, both on record', async () => {
  const submission = opening();
  const handle = await start(submission);
  await view(handle);
  const [yes, no] = [command('approve', check001, 1), command('reject', check002, 1, { reason: '不同意' })];
  const sent = await Promise.allSettled([tell(handle, 'decide', yes), tell(handle, 'decide', no)]);
  const outcomes = await Promise.all([yes, no].map((one) => outcome(handle, one.commandId)));
  const accepted = outcomes.filter((outcome) => outcome?.accepted);
  assert.equal(accepted.length, 1);
  const other = outcomes.find((outcome) => !outcome?.accepted);
  assert.ok(other ? other.refusal === 'already_decided' : sent.some((one) => one.status === 'rejected'));
  assert.equal(await status(submission.merchantNo), accepted[0]?.state === 'effective' ? 'active' : 'rejected');
  await keep('two-reviewers', handle);
});
