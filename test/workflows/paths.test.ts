// Every path of every kind: decided, turned back, given up, run out of time. What did not take effect leaves its record as it was.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { kindNames } from '../../workflows/rules/kinds.ts';
import { check001, command } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';
import { type PathName, pathNames, type Scene, scenesOf } from './scenes.ts';

let world: World;
const stories = storiesOf(() => world);
const { start, say, view, keep } = stories;
const scenes = scenesOf(() => world, stories);
before(async () => {
  world = await openWorld();
  await world.workEveryDay();
  await world.work();
});
after(() => world.close());

/** Sets a span of the policy, in minutes. */
const span = (key: string, minutes: number) => world.db.execute(sql`update policy set value = ${String(minutes)} where key = ${`time.${key}`}`);
const half = 0.5 / 60;
const revision = async (handle: WorkflowHandle) => (await view(handle)).revision;

async function approveAll(handle: WorkflowHandle, { deciders, line }: Scene): Promise<void> {
  for (const [level, by] of deciders.entries()) {
    const more = level === 0 && line !== undefined ? { line: { id: line, override: false } } : {};
    const outcome = await say(handle, 'decide', command('approve', by, await revision(handle), more));
    assert.equal(outcome?.refusal, undefined);
  }
}

const decide = async (handle: WorkflowHandle, { deciders }: Scene, action: 'return' | 'reject') =>
  say(handle, 'decide', command(action, deciders[0] ?? check001, await revision(handle), { reason: '不妥' }));

async function amendSame(handle: WorkflowHandle, { maker }: Scene): Promise<void> {
  const { data, title, merchantNo, amountFen } = await view(handle);
  const outcome = await say(handle, 'amend', command('amend', maker, await revision(handle), { content: { data, title, merchantNo, amountFen } }));
  assert.deepEqual([outcome?.refusal, outcome?.state], [undefined, 'submitted']);
}

/** Each ends its request as its name says. `undone`: the record is then as it was before. */
const paths: Record<PathName, { ends: string; undone: boolean; spans?: [string, number][]; go(handle: WorkflowHandle, scene: Scene): Promise<unknown> }> = {
  approved: { ends: 'effective', undone: false, go: approveAll },
  rejected: { ends: 'rejected', undone: true, go: (handle, scene) => decide(handle, scene, 'reject') },
  withdrawn: {
    ends: 'withdrawn',
    undone: true,
    go: async (handle, { maker }) => say(handle, 'withdraw', command('withdraw', maker, await revision(handle))),
  },
  amended: {
    ends: 'effective',
    undone: false,
    async go(handle, scene) {
      await decide(handle, scene, 'return');
      await amendSame(handle, scene);
      await approveAll(handle, scene);
    },
  },
  'returned-withdrawn': {
    ends: 'withdrawn',
    undone: true,
    async go(handle, scene) {
      await decide(handle, scene, 'return');
      await say(handle, 'withdraw', command('withdraw', scene.maker, await revision(handle)));
    },
  },
  expired: { ends: 'expired', undone: true, spans: [['expire', half]], go: async () => undefined },
};
const usual: [string, number][] = [['expire', 10_080]];

for (const kind of kindNames)
  test(`${kind}: ${pathNames.join(', ')}`, async () => {
    for (const name of pathNames) {
      const path = paths[name];
      const scene = await scenes[kind]();
      const before = await scene.record();
      for (const [key, minutes] of path.spans ?? []) await span(key, minutes);
      const handle = await start(scene.submission);
      await view(handle);
      for (const [key, minutes] of usual) await span(key, minutes);
      await path.go(handle, scene);
      assert.equal(await handle.result(), path.ends, name);
      const record = await scene.record();
      if (path.undone) assert.deepEqual(record, before, `${name} leaves no trace`);
      else if (kind !== 'merchantFreeze') assert.notDeepEqual(record, before, `${name} has an effect`);
      await keep(`${kind}.${name}`, handle);
    }
  });

test('a line that was named at the first level is free again when the second sends the request back or ends it', async () => {
  for (const action of ['return', 'reject'] as const) {
    const scene = await scenes.topUp();
    const before = await scene.record();
    const handle = await start(scene.submission);
    await view(handle);
    const [first, second] = scene.deciders;
    assert.ok(first && second && scene.line !== undefined);
    await say(handle, 'decide', command('approve', first, await revision(handle), { line: { id: scene.line, override: false } }));
    assert.notDeepEqual(await scene.record(), before, 'reserved');
    await say(handle, 'decide', command(action, second, await revision(handle), { reason: '不妥' }));
    assert.deepEqual(await scene.record(), before, 'free');
    await keep(`topUp.${action}-at-level-2`, handle);
  }
});

test('the books hold after all of it', async () => assert.deepEqual(await ledgerFaults(world.db), []));
