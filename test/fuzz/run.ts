// `npm run fuzz -- CASES`: schemathesis on the OpenAPI of /terminal/v1 against a web of its own; fails when the server does, or when the books do not hold.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { startServers } from '../servers.ts';

const VERSION = '4.32.5';
const cases = Number(process.argv[2] ?? 2000);

/** schemathesis in a Python environment of its own, outside the clone. */
function program(): string {
  const home = join(homedir(), '.cache/zhangfang', `schemathesis-${VERSION}`);
  if (!existsSync(join(home, 'bin/schemathesis'))) {
    console.log('installing schemathesis …');
    execFileSync('python3', ['-m', 'venv', home]);
    execFileSync(join(home, 'bin/pip'), ['--quiet', 'install', `schemathesis==${VERSION}`], { stdio: 'inherit' });
  }
  return join(home, 'bin/schemathesis');
}

const st = program();
const servers = await startServers(console.log, 1);
Object.assign(process.env, servers.env);
const { openWorld } = await import('../world.ts');
const { onlineOf } = await import('../online.ts');
const { startWeb } = await import('../bench/web-process.ts');
const world = await openWorld();
await world.work();
const web = await startWeb(world);
const { openShop, booksHold } = onlineOf(
  () => world,
  () => web.base,
);
const shop = await openShop(90_000_000, 3, { feeRate: '0.38' });
const terminals = shop.terminals.map(({ memory }) => memory);
/** Of each operation in one run. */
const EXAMPLES = 300;
const args = [
  'run',
  `${web.base}/terminal/v1/openapi.json`,
  '--max-examples',
  String(EXAMPLES),
  '--checks',
  'not_a_server_error',
  '--phases',
  'examples,coverage,fuzzing',
  '--continue-on-failure',
  '--no-shrink',
  // Its threads share one core and, now and then, Python's parser, which is not made for that; several processes take their place.
  '--workers',
  '1',
  '--suppress-health-check',
  'all',
];
const env = { ...process.env, SCHEMATHESIS_HOOKS: 'terminal_signs', PYTHONPATH: join(process.cwd(), 'test/fuzz'), TERMINALS: JSON.stringify(terminals) };
// Many runs, each with a seed of its own: a long one remembers everything it tried, and comes to a stand.
let failed = false;
let done = 0;
let seed = 0;
async function runs(): Promise<void> {
  while (done < cases && !failed) {
    seed += 1;
    const mine = seed;
    const run = spawn(st, [...args, '--seed', String(mine)], { cwd: mkdtempSync(join(world.dir, 'fuzz-')), stdio: ['ignore', 'pipe', 'inherit'], env });
    let said = '';
    run.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [status] = (await once(run, 'exit')) as [number | null];
    const made = Number(/(\d+) generated/.exec(said)?.[1] ?? 0);
    done += made;
    console.log(`seed ${mine}: ${made} cases, ${done} together`);
    if (status === 0 && made > 0) continue;
    console.log(said);
    failed = true;
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, runs));
const rows = await world.db.execute<{ type: string; code: string; n: number }>(
  sql`select type, code, count(*)::int as n from (select type, code from terminal_txn union all select type, code from terminal_message) x group by 1, 2 order by 1, 3 desc`,
);
console.log(rows.map(({ type, code, n }) => `${type} ${code} ${n}`).join('\n'));
await booksHold();
web.process.kill('SIGTERM');
await once(web.process, 'exit');
await world.close();
await servers.close();
assert.ok(!failed, 'schemathesis found a server error, or did not run');
console.log('no server error, and the books hold');
process.exit(0);
