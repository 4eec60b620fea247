// `npm test`: types, lint, then every test on real servers. `npm test -- test/rules test/web/inbox.test.ts` runs a part.
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startServers } from './servers.ts';

const say = (line: string) => console.log(line);
const asked = process.argv.slice(2);

function testFiles(places: readonly string[]): string[] {
  const inside = (place: string): string[] =>
    statSync(place).isDirectory() ? readdirSync(place, { recursive: true, encoding: 'utf8' }).map((file) => join(place, file)) : [place];
  return places
    .flatMap(inside)
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    process.once('SIGINT', forward).once('SIGTERM', forward);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  if (asked.length === 0) {
    say('types …');
    if ((await run('node_modules/.bin/tsc', ['-p', '.'])) !== 0) return 1;
    say('lint …');
    if ((await run('node_modules/.bin/biome', ['ci', '--colors=off', '.'])) !== 0) return 1;
  }
  say('starting PostgreSQL and Temporal …');
  const servers = await startServers(say);
  try {
    const files = testFiles(asked.length > 0 ? asked : ['test']);
    const options = ['--import', 'tsx', '--test', '--test-concurrency=1', '--test-force-exit', '--test-timeout=900000', '--test-reporter=spec'];
    return await run(process.execPath, [...options, ...files], { ...servers.env, NODE_ENV: 'test', LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' });
  } finally {
    await servers.close();
  }
}

process.exitCode = await main();
