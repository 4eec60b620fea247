// 商户开户 as stories on a real Temporal server and a real PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { findMerchant, findQuota, merchantVersions } from '../../db/merchants.ts';
import { findRequest, requestEvents } from '../../db/requests.ts';
import { outcomeQuery, type signals, viewQuery } from '../../workflows/desk.ts';
import type { Command } from '../../workflows/rules/command.ts';
import type { Outcome, Submission } from '../../workflows/rules/request.ts';
import { startingAttributes } from '../../workflows/search-attributes.ts';
import { check001, clerk001, command, m1, opening } from '../cast.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await world.work();
});
after(() => world.close());

export async function start(submission: Submission): Promise<WorkflowHandle> {
  const typedSearchAttributes = startingAttributes(submission.kind, submission.actor.code, submission);
  return world.client.workflow.start(submission.kind, { workflowId: submission.requestNo, taskQueue: 'backoffice', args: [submission], typedSearchAttributes });
}

async function say(handle: WorkflowHandle, signal: keyof typeof signals, what: Command): Promise<Outcome | null> {
  await handle.signal(signal, what);
  return handle.query(outcomeQuery, what.commandId);
}

test('clerk001 opens a merchant, check001 returns it, clerk001 amends, check001 approves: the merchant is active', async () => {
  const submission = opening();
  const handle = await start(submission);
  const { request } = await handle.query(viewQuery);
  assert.equal(request.state, 'submitted');
  assert.deepEqual(request.plan?.levels, [{ group: '03' }]);
  assert.equal((await findMerchant(world.db, submission.merchantNo))?.status, 'pending');

  const own = await say(handle, 'decide', command('approve', { ...clerk001, groups: ['02', '03'], rights: [...clerk001.rights, 'merchantReview'] }, 1));
  assert.equal(own?.refusal, 'own_request');

  const returned = await say(handle, 'decide', command('return', check001, 1, { reason: '营业时间与门店公示不一致' }));
  assert.deepEqual([returned?.accepted, returned?.state], [true, 'returned']);

  const content = { data: { ...submission.data, businessHours: '08:00-22:00' }, title: submission.title, merchantNo: submission.merchantNo, amountFen: null };
  const amended = await say(handle, 'amend', command('amend', clerk001, returned?.revision ?? 0, { content }));
  assert.deepEqual([amended?.accepted, amended?.state], [true, 'submitted']);

  const stale = await say(handle, 'decide', command('approve', check001, 1));
  assert.equal(stale?.refusal, 'stale');

  const approve = command('approve', check001, amended?.revision ?? 0);
  const approved = await say(handle, 'decide', approve);
  assert.deepEqual([approved?.accepted, approved?.state], [true, 'effective']);
  assert.equal(await handle.result(), 'effective');

  const merchant = await findMerchant(world.db, submission.merchantNo);
  assert.deepEqual([merchant?.status, merchant?.version], ['active', 1]);
  const [version] = await merchantVersions(world.db, submission.merchantNo);
  assert.deepEqual([version?.requestNo, version?.form.businessHours], [submission.requestNo, '08:00-22:00']);
  assert.equal((await findQuota(world.db, submission.merchantNo))?.balanceFen, 0);
  const row = await findRequest(world.db, submission.requestNo);
  assert.deepEqual([row?.state, row?.waitsFor], ['effective', null]);
  const events = await requestEvents(world.db, submission.requestNo);
  assert.deepEqual(
    events.map((event) => event.type),
    ['submitted', 'refused', 'returned', 'amended', 'refused', 'approved', 'effective'],
  );
  assert.deepEqual((await handle.query(outcomeQuery, approve.commandId))?.state, 'effective');
});

test('a one-level approval costs at most 14 events and 6 state transitions', async () => {
  const submission = opening({ uscc: m1.uscc });
  const handle = await start(submission);
  await handle.query(viewQuery);
  await say(handle, 'decide', command('approve', check001, 1));
  await handle.result();
  const { raw } = await handle.describe();
  const events = Number(raw.workflowExecutionInfo?.historyLength);
  const transitions = Number(raw.workflowExecutionInfo?.stateTransitionCount);
  if (process.env.SHOW) console.log((await handle.fetchHistory()).events?.map((e) => e.eventType));
  console.log(`one-level approval: ${events} events, ${transitions} state transitions, ${raw.workflowExecutionInfo?.historySizeBytes} bytes`);
  assert.ok(events <= 14, `${events} events`);
  assert.ok(transitions <= 6, `${transitions} state transitions`);
});
