// 待办 while three people export a million rows each: pages of a reviewer beside idle, in the same run.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { businessDate } from '../../workflows/rules/time.ts';
import { opening } from '../cast.ts';
import { manyTransactions } from '../reports/many.ts';
import { storiesOf } from '../stories.ts';
import { type Person, signInAt } from '../web/site.ts';
import type { World } from '../world.ts';
import { median, openLoop, percentile, show } from './measure.ts';
import { ended, startWeb, startWorker } from './web-process.ts';

const PAGES_PER_SECOND = 20;
const SECONDS = 10;
const EXPORTERS = ['finance1', 'leader01', 'audit001'];

export async function inboxBesideExports(world: World, rows: number): Promise<void> {
  await manyTransactions(world.db, { n: rows, merchantNo: '898210154119999', day: businessDate(Date.now()) });
  const stop = await world.work();
  const { start, written } = storiesOf(() => world);
  for (let i = 0; i < 40; i++) await written((await start(opening())).workflowId);
  await stop();
  const web = await startWeb(world);
  const worker = await startWorker(world);
  try {
    const reviewer = await signInAt(web.base, 'check001');
    const people = await Promise.all(EXPORTERS.map((code) => signInAt(web.base, code)));
    const look = async () => assert.equal((await reviewer.get('/inbox')).status, 200);
    await openLoop(PAGES_PER_SECOND, 4, look);
    const idle = await openLoop(PAGES_PER_SECOND, SECONDS, look);
    const began = Date.now();
    for (const person of people) await ask(person);
    const beside: number[] = [];
    while ((await running(world)) > 0) beside.push(...(await openLoop(PAGES_PER_SECOND, 2, look)));
    const ratio = percentile(beside, 95) / percentile(idle, 95);
    console.log(
      `待办 at ${PAGES_PER_SECOND}/s: idle p50 ${show(median(idle))}, p95 ${show(percentile(idle, 95))}; during three exports of ${rows} rows (${((Date.now() - began) / 1000).toFixed(0)} s) p50 ${show(median(beside))}, p95 ${show(percentile(beside, 95))}: ratio ${ratio.toFixed(2)} (asked: ≤ 2)`,
    );
    const [done] = await world.db.execute<{ n: number }>(sql`select count(*)::int as n from report_export where state = 'done' and written = ${rows}`);
    assert.equal(done?.n, EXPORTERS.length);
  } finally {
    await ended(worker, web.process);
  }
}

async function ask(person: Person): Promise<void> {
  await person.get('/reports/purchase-details');
  const { status, location } = await person.post('/reports/purchase-details/export', { period: 'today' });
  assert.ok(status === 303 && location?.startsWith('/exports'), `${status} ${location}`);
}

/** The list shows an export a moment after it was asked for. */
async function running(world: World): Promise<number> {
  await pause(300);
  const [row] = await world.db.execute<{ n: number }>(
    sql`select count(*) filter (where state = 'running')::int + greatest(0, ${EXPORTERS.length} - count(*)::int) as n from report_export`,
  );
  return row?.n ?? 0;
}
