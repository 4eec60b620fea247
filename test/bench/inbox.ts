// The inbox with 200,000 requests beside node:http that runs the same SQL (session included) and prints a literal; each server in a process of its own.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import type { Db } from '../../db/connect.ts';
import { openSession } from '../../db/sessions.ts';
import { PAGE } from '../../web/inbox/rows.ts';
import { seedCast } from '../cast.ts';
import { startServers } from '../servers.ts';
import type { World } from '../world.ts';
import { closedLoop, median, openLoop, percentile, show } from './measure.ts';

const ROUNDS = 3;
const REQUESTS = 3000;
const WIDTH = 16;
const COOKIE = 'bench-session';

interface Side {
  child: ChildProcess;
  base: string;
}

export async function benchInbox(): Promise<void> {
  const servers = await startServers(console.log, 1, ['fsync=off', 'shared_buffers=512MB']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  await seedCast(world.db);
  await world.db.transaction((tx) =>
    openSession(tx, { idHash: createHash('sha256').update(COOKIE).digest('hex'), userCode: 'check001', address: '127.0.0.1', agent: 'bench' }),
  );
  const sides: Side[] = [];
  try {
    await seed(world.db, 0, 20_000, 5000);
    sides.push(await open('ours', world), await open('peer', world));
    const [ours, peer] = sides as [Side, Side];
    await sizes(ours);
    const small = await compare('20,000 requests, 5,000 open', ours, peer);
    await seed(world.db, 20_000, 200_000, 50_000);
    const large = await compare('200,000 requests, 50,000 open', ours, peer);
    console.log(`ours with 200,000 beside 20,000 requests: ${((1 - large.ours / small.ours) * 100).toFixed(1)} % slower (asked: < 20 %)`);
    await latency(ours, large.ours / 2);
    await depth(world.db, ours);
  } finally {
    for (const { child } of sides) child.kill();
    await world.close();
    await servers.close();
  }
}

/** Projection rows as the workflows would have left them; due times are spread over four days. */
export async function seed(db: Db, from: number, to: number, open: number): Promise<void> {
  const openFrom = to - open;
  await db.execute(sql`
    insert into request (request_no, kind, state, version, revision, submissions, title, merchant_no, maker_code, maker_name, level, levels, waits_for, involved, overdue, submitted_at, due_at, updated_at, whole)
    select 'MO20260901' || lpad(n::text, 6, '0'), 'merchantOpening', case when n > ${openFrom} then 'submitted' else 'effective' end, 3, 1, 1, '沈阳商户' || n || '商贸有限公司', '89821015411' || lpad((n % 10000)::text, 4, '0'),
      'clerk002', '陈录入', 1, 1, case when n > ${openFrom} then '03' end, '{clerk002}', false, date_trunc('milliseconds', now()) - (n % 345600) * interval '1 second',
      case when n > ${openFrom} then date_trunc('milliseconds', now()) + (n * 7919 % 345600) * interval '1 second' end, now(), jsonb_build_object('state', 'submitted', 'padding', repeat('x', 600))
    from generate_series(${from + 1}::int, ${to}::int) n`);
  await db.execute(sql`vacuum analyze request`);
}

async function open(mode: 'ours' | 'peer', world: World): Promise<Side> {
  const env = {
    ...process.env,
    BENCH_MODE: mode,
    BENCH_DB: world.databaseUrl,
    BENCH_TEMPORAL: world.address,
    BENCH_COOKIE: COOKIE,
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/inbox-server.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  return { child, base: `http://127.0.0.1:${port}` };
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

function fetchPage(url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { cookie: `zf_session=${COOKIE}`, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject).end();
  });
}

async function get(side: Side, path = '/inbox'): Promise<void> {
  const { status, body } = await fetchPage(side.base + path);
  assert.equal(status, 200);
  assert.ok(body.length > 10);
}

async function compare(name: string, ours: Side, peer: Side): Promise<{ ours: number; peer: number }> {
  const rates: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  for (const side of [ours, peer]) await closedLoop(500, WIDTH, () => get(side));
  for (let round = 0; round < ROUNDS; round++) {
    rates.ours.push(await closedLoop(REQUESTS, WIDTH, () => get(ours)));
    rates.peer.push(await closedLoop(REQUESTS, WIDTH, () => get(peer)));
  }
  const ratios = rates.ours.map((rate, i) => rate / (rates.peer[i] ?? Number.NaN));
  console.log(
    `${name}: ours ${median(rates.ours).toFixed(0)}/s, node:http with the same SQL ${median(rates.peer).toFixed(0)}/s, ratio ${median(ratios).toFixed(2)} (asked: ≥ 0.50)`,
  );
  return { ours: median(rates.ours), peer: median(rates.peer) };
}

async function latency(ours: Side, rate: number): Promise<void> {
  const times = await openLoop(Math.floor(rate), 8, () => get(ours));
  console.log(
    `open loop at ${Math.floor(rate)}/s: p50 ${show(median(times))}, p95 ${show(percentile(times, 95))}, p99 ${show(percentile(times, 99))} (asked: p95 ≤ 30 ms)`,
  );
}

/** The first page, and one 25,000 requests further on. */
async function depth(db: Db, ours: Side): Promise<void> {
  const [row] = await db.execute<{ at: string; no: string }>(
    sql`select (extract(epoch from due_at) * 1000)::bigint::text as at, request_no as no from request where waits_for = '03' order by due_at, request_no offset 25000 limit 1`,
  );
  const time = async (path: string) => {
    const times: number[] = [];
    for (let i = 0; i < 300; i++) {
      const began = performance.now();
      await get(ours, path);
      times.push(performance.now() - began);
    }
    return median(times);
  };
  const [first, deep] = [await time('/inbox'), await time(`/inbox?after=${row?.at}_${row?.no}`)];
  console.log(`first page ${show(first)}, page 500 ${show(deep)}, ratio ${(deep / first).toFixed(2)}`);
}

async function sizes(ours: Side): Promise<void> {
  const [whole, fragment] = [await fetchPage(`${ours.base}/inbox`), await fetchPage(`${ours.base}/inbox`, { 'HX-Request': 'true' })];
  const numbers = [...whole.body.toString().matchAll(/class="item" id="i-(\w+)"/g)].map(([, no]) => no);
  assert.equal(numbers.length, PAGE);
  const refreshed = await fetchPage(`${ours.base}/inbox/rows?shown=${numbers.join(',')}`, { 'HX-Request': 'true' });
  const assets = [
    'web/assets/app.css',
    'web/assets/app.js',
    'web/assets/inbox.js',
    'node_modules/htmx.org/dist/htmx.min.js',
    'node_modules/htmx.org/dist/ext/hx-sse.min.js',
  ].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
  console.log(
    `a page of ${PAGE}: HTML ${kb(whole.body.length)} (asked: ≤ 60), fragment ${kb(fragment.body.length)}, refreshed rows ${kb(refreshed.body.length)} (asked: ≤ 15), assets gzipped ${kb(assets)} (asked: ≤ 60)`,
  );
}
