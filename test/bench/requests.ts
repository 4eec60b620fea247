// Whole lifecycles, all database work and encryption done, beside a no-op twin; and what one user waits for.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { sql } from 'drizzle-orm';
import { POLLERS } from '../../activities/worker.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { check001, command, opening, seedCast } from '../cast.ts';
import { startServers } from '../servers.ts';
import { storiesOf } from '../stories.ts';
import { draftOf, freshForm, hidden, signInAt } from '../web/site.ts';
import type { World } from '../world.ts';
import { closedLoop, closedWindow, median, percentile, show } from './measure.ts';
import { ended, startWeb, startWorker } from './web-process.ts';

export const twinActivities = { submit: async () => undefined, effect: async () => undefined };

const RAMP = 2;
const SECONDS = 5;
const IN_FLIGHT = 64;
const ROUNDS = 12;
const WARM_UP = 400;
const SINGLE = 60;
/** Rounds before the figures count: each connection of the pool plans a statement when it first meets it. */
const SINGLE_WARM_UP = 120;

export async function benchRequests(): Promise<void> {
  const servers = await startServers(console.log, 1, ['synchronous_commit=on']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  const stop = await world.work();
  const twin = await openTwin(world);
  try {
    if (process.env.ONLY !== 'one-user') await throughput(world, twin.run);
    await stop();
    await oneUser(world, twin.client);
  } finally {
    await twin.close();
    await world.close();
    await servers.close();
  }
}

async function openTwin(world: World) {
  const connection = await Connection.connect({ address: world.address });
  const native = await NativeConnection.connect({ address: world.address });
  const client = new Client({ connection, namespace: world.namespace });
  const workflowsPath = fileURLToPath(new URL('./twin.ts', import.meta.url));
  const worker = await Worker.create({
    connection: native,
    namespace: world.namespace,
    taskQueue: 'twin',
    workflowsPath,
    activities: twinActivities,
    maxCachedWorkflows: 600,
    maxConcurrentWorkflowTaskPolls: POLLERS,
  });
  const ended = worker.run();
  let n = 0;
  const run = async () => {
    const handle = await client.workflow.start('twin', { workflowId: `twin-${n++}`, taskQueue: 'twin', args: [{}] });
    await pause(100);
    await handle.signal('decide', {});
    assert.equal(await handle.result(), 'effective');
  };
  return {
    client,
    run,
    async close() {
      worker.shutdown();
      await ended;
      await native.close();
      await connection.close();
    },
  };
}

async function throughput(world: World, twin: () => Promise<void>): Promise<void> {
  const { start, tell } = storiesOf(() => world);
  const ours = async () => {
    const handle = await start(opening());
    await pause(100);
    await tell(handle, 'decide', command('approve', check001, 1));
    assert.equal(await handle.result(), 'effective');
  };
  // As in life: the web has reserved the number before it starts the workflow.
  await world.db.execute(
    sql`insert into reserved_number (merchant_no, request_no) select '89821015411' || lpad(n::text, 4, '0'), 'MO20261123' || lpad(n::text, 6, '0') from generate_series(1, 5000) n`,
  );
  const rates: { ours: number[]; twin: number[] } = { ours: [], twin: [] };
  await closedLoop(WARM_UP, IN_FLIGHT, ours);
  await closedLoop(WARM_UP, IN_FLIGHT, twin);
  for (let round = 0; round < ROUNDS; round++) {
    rates.ours.push(await closedWindow(RAMP, SECONDS, IN_FLIGHT, ours));
    rates.twin.push(await closedWindow(RAMP, SECONDS, IN_FLIGHT, twin));
    console.log(`round ${round + 1}: ours ${rates.ours.at(-1)?.toFixed(1)}/s, twin ${rates.twin.at(-1)?.toFixed(1)}/s`);
  }
  const [books] =
    await world.db.execute(sql`select (select count(*)::int from merchant where status = 'active') as active, (select count(*)::int from ledger_account where code = '2241.10') as accounts,
    (select count(*)::int from request where state = 'effective') as effective, (select count(*)::int from request) as total`);
  const total = Number(books?.total);
  assert.ok(total >= WARM_UP);
  assert.deepEqual(books, { active: total, accounts: total, effective: total, total });
  const ratios = rates.ours.map((rate, i) => rate / (rates.twin[i] ?? Number.NaN));
  console.log(
    `whole lifecycles, ${IN_FLIGHT} in flight: ours ${median(rates.ours).toFixed(1)}/s, no-op twin ${median(rates.twin).toFixed(1)}/s, ratio ${median(ratios).toFixed(2)} (asked: ≥ 0.80)`,
  );
}

/** One user on an idle system, over HTTP as a browser would; the twin beside it is asked directly. */
async function oneUser(world: World, client: Client): Promise<void> {
  await world.db.execute(sql`insert into request_counter values ('MO', ${businessDate(Date.now())}, 900000)`);
  await seedCast(world.db);
  const web = await startWeb(world);
  const worker = await startWorker(world);
  try {
    await oneAfterTheOther(client, web.base);
  } finally {
    await ended(web.process, worker);
  }
}

async function oneAfterTheOther(client: Client, base: string): Promise<void> {
  const [clerk, check] = [await signInAt(base, 'clerk001'), await signInAt(base, 'check001')];
  const times: Record<'start' | 'click' | 'twinStart' | 'twinClick', number[]> = { start: [], click: [], twinStart: [], twinClick: [] };
  const timed = async (list: number[], work: () => Promise<void>) => {
    const began = performance.now();
    await work();
    list.push(performance.now() - began);
  };
  for (let i = -SINGLE_WARM_UP; i < SINGLE; i++) {
    if (i === 0) for (const list of Object.values(times)) list.length = 0;
    const no = await draftOf(clerk);
    const form = { ...freshForm(), _script: 'yes' };
    await timed(times.start, async () => {
      const { status, html } = await clerk.post(`/merchant-openings/${no}/submission`, form);
      assert.equal(status, 200, /class="notice bad"[\s\S]{0,600}/.exec(html)?.[0]);
      assert.match(html, /待审核/);
    });
    const { html } = await check.get(`/requests/${no}`);
    await timed(times.click, async () => {
      const { location } = await check.post(`/requests/${no}/decision`, {
        decision: 'approve',
        reason: '',
        revision: hidden(html, 'revision'),
        commandId: hidden(html, 'commandId'),
      });
      assert.match((await check.get(location ?? '')).html, /操作成功/);
    });
    const started = client.workflow.start('twin', { workflowId: `single-${i + SINGLE_WARM_UP}`, taskQueue: 'twin', args: [{}] });
    await timed(times.twinStart, async () => {
      const handle = await started;
      while ((await handle.query('view')) !== 'submitted');
    });
    const handle = await started;
    await timed(times.twinClick, async () => {
      await handle.signal('decide', {});
      assert.equal(await handle.result(), 'effective');
    });
  }
  const line = (name: string, list: number[]) => `${name}: p50 ${show(median(list))}, p99 ${show(percentile(list, 99))}`;
  console.log(`one user, ${SINGLE} times`);
  console.log(line('  submit → its page shows it (asked: p50 ≤ 40 ms)', times.start));
  console.log(line('  click → outcome on the page (asked: p50 ≤ 60 ms, p99 ≤ 150 ms)', times.click));
  console.log(line('  twin: start → view', times.twinStart));
  console.log(line('  twin: signal → result', times.twinClick));
}
