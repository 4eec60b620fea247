// What production runs: the built processes, two webs and two workers behind a balancer, each restarted in turn under load without an error.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { answersOk, freePort, until } from '../../stack/child.ts';
import { processEnv } from '../bench/web-process.ts';
import { opening, seedCast } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { hidden, signInAt } from '../web/site.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
const { start, written } = storiesOf(() => world);
const children = new Set<ChildProcess>();
before(async () => {
  execFileSync('npm', ['run', 'build'], { stdio: 'ignore' });
  world = await openWorld();
  await seedCast(world.db);
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
});

const ready = (port: number) => answersOk(`http://127.0.0.1:${port}/readyz`);

const settings = () => ({ ...processEnv(world), LOG_LEVEL: 'debug', DRAIN_SECONDS: '1' });

function launch(script: string, more: NodeJS.ProcessEnv): ChildProcess {
  const env = { ...settings(), ...more };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  // A pipe that nobody reads fills up, and its writer waits for ever.
  child.stdout?.resume();
  children.add(child);
  return child;
}

async function web(port: number): Promise<ChildProcess> {
  const child = launch('dist/web/server.js', { PORT: String(port) });
  await until('web', () => ready(port), 30_000, child);
  return child;
}

async function worker(metricsPort: number): Promise<ChildProcess> {
  const child = launch('dist/activities/worker.js', { WORKER_METRICS: `127.0.0.1:${metricsPort}` });
  const answers = () => answersOk(`http://127.0.0.1:${metricsPort}/metrics`);
  await until('worker', answers, 30_000, child);
  return child;
}

/** Told to stop, it ends by itself and without a fault. */
async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = (await exit) as [number | null];
  children.delete(child);
  assert.equal(code, 0);
}

/** Sends each request to a web that says it is ready. */
async function balancer(ports: readonly number[]): Promise<{ base: string; server: Server; close(): void }> {
  let alive = [...ports];
  let turn = 0;
  const check = setInterval(async () => {
    const answers = await Promise.all(ports.map(ready));
    alive = ports.filter((_port, i) => answers[i]);
  }, 100);
  const pass = (req: IncomingMessage, res: ServerResponse) => {
    const port = alive[turn++ % alive.length];
    const headers = { ...req.headers, connection: 'close' };
    const onward = forward({ host: '127.0.0.1', port, path: req.url, method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end('no web')));
    req.pipe(onward);
  };
  const server = createServer(pass).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const close = () => {
    clearInterval(check);
    server.closeAllConnections();
    server.close();
  };
  return { base: `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`, server, close };
}

test('what was built makes an installation ready, again and again', () => {
  const env = { ...settings(), DATABASE_OWNER_URL: world.databaseUrl };
  for (let n = 0; n < 2; n++) execFileSync(process.execPath, ['dist/stack/prepare.js'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
});

test('a rolling restart of two webs and two workers under load: no error, every decision once', async () => {
  const [portA, portB, metricsA, metricsB] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const [webA, webB, workerA, workerB] = await Promise.all([web(portA), web(portB), worker(metricsA), worker(metricsB)]);
  const front = await balancer([portA, portB]);
  const nos: string[] = [];
  for (let i = 0; i < 120; i++) nos.push((await start(opening())).workflowId);
  for (const no of nos) await written(no);
  const [reader, check] = [await signInAt(front.base, 'check002'), await signInAt(front.base, 'check001')];
  let over = false;
  let answers = 0;
  const faults: string[] = [];
  const reading = async () => {
    while (!over) {
      const { status } = await reader.get('/inbox');
      answers += 1;
      if (status !== 200) faults.push(`inbox ${status}`);
      await pause(20);
    }
  };
  const decided: string[] = [];
  const deciding = async () => {
    for (let no = nos.shift(); no && !over; no = nos.shift()) {
      const { html, status } = await check.get(`/requests/${no}`);
      if (status !== 200) faults.push(`request ${status}`);
      const body = { decision: 'approve', reason: '', revision: hidden(html, 'revision'), commandId: hidden(html, 'commandId') };
      const answer = await check.post(`/requests/${no}/decision`, body);
      if (answer.status !== 303) faults.push(`decision ${answer.status}`);
      decided.push(no);
      await pause(100);
    }
  };
  const load = Promise.all([reading(), reading(), deciding()]);
  await ended(webA);
  const secondA = await web(portA);
  await ended(workerA);
  const secondWorker = await worker(metricsA);
  await ended(webB);
  const secondB = await web(portB);
  await ended(workerB);
  await pause(500);
  over = true;
  await load;
  assert.deepEqual(faults, []);
  const figures = async () => {
    const [row] = await world.db.execute<{ n: number; once: number }>(sql`select (select count(*)::int from request where state = 'effective') as n,
      (select count(*)::int from request_event where event->>'type' = 'effective') as once`);
    return [row?.n, row?.once];
  };
  for (let i = 0; i < 100 && (await figures())[0] !== decided.length; i++) await pause(50);
  assert.deepEqual(await figures(), [decided.length, decided.length], 'each decision had its effect, once');
  console.log(`${answers} pages and ${decided.length} decisions while everything was restarted once`);
  assert.ok(decided.length > 10);
  const metrics = await (await fetch(`http://127.0.0.1:${portB}/metrics`)).text();
  assert.match(metrics, /zhangfang_requests\{kind="merchantOpening",state="effective"\} \d+/);
  assert.match(metrics, /zhangfang_projection_lag_seconds \d/);
  assert.match(metrics, /zhangfang_http_request_duration_seconds_count\{method="GET",route="\/inbox",status="200"\} \d+/);
  assert.match(metrics, /zhangfang_oldest_waiting_seconds/);
  assert.match(await (await fetch(`http://127.0.0.1:${metricsA}/metrics`)).text(), /temporal_/);
  front.close();
  for (const child of [secondA, secondB, secondWorker]) await ended(child);
});

test('/readyz names what is down; a log line carries the ids of its request and workflow', async () => {
  const port = await freePort();
  const child = launch('dist/web/server.js', { PORT: String(port), TEMPORAL_ADDRESS: '127.0.0.1:9' });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const answers = () => answersOk(`http://127.0.0.1:${port}/healthz`);
  await until('web', answers, 30_000, child);
  // The first question starts the thread of the terminals, which may take longer than an answer waits.
  const terminals = async () => ((await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { terminals: string }).terminals === 'ok';
  await until('terminals', terminals, 30_000, child);
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  assert.deepEqual([answer.status, await answer.json()], [503, { postgres: 'ok', temporal: 'down', terminals: 'ok', web: 'ok' }]);
  const person = await signInAt(`http://127.0.0.1:${port}`, 'check001');
  const [known] = await world.db.execute<{ no: string }>(sql`select request_no as no from request limit 1`);
  await person.get(`/requests/${known?.no}`, { 'X-Request-Id': 'asked-by-a-test' });
  await until('the log', () => output.includes('asked-by-a-test'), 5000);
  const line = output.split('\n').find((one) => one.includes('asked-by-a-test')) ?? '{}';
  const { requestId, workflowId, route, path } = JSON.parse(line) as Record<string, string>;
  assert.deepEqual([requestId, workflowId, route ?? path], ['asked-by-a-test', known?.no, '/requests/:no']);
  await ended(child);
});
