// pgbench and psql, the peers of what happens inside PostgreSQL: found, or installed from Debian's packages as root.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { World } from '../world.ts';

const run = promisify(execFile);

/** Path of a program of PostgreSQL's own. */
export function findProgram(name: 'pgbench' | 'psql'): string {
  const versions = () => (existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []);
  const found = () =>
    ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', ...versions().map((version) => `/usr/lib/postgresql/${version}/bin`)]
      .map((place) => join(place, name))
      .find(existsSync);
  const there = found();
  if (there) return there;
  console.log(`${name} is missing: installing the Debian packages postgresql-client and postgresql-contrib …`);
  execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-client', 'postgresql-contrib'], { stdio: 'ignore' });
  const installed = found();
  if (!installed) throw new Error(`${name} could not be installed`);
  return installed;
}

export interface PgbenchRun {
  url: string;
  /** The script, or the built-in TPC-B-like one. */
  script: { file: string; text: string } | 'tpcb';
  clients: number;
  seconds: number;
}

/** Transactions a second. */
export async function pgbench({ url, script, clients, seconds }: PgbenchRun): Promise<number> {
  const source = script === 'tpcb' ? ['-b', 'tpcb-like'] : ['-f', script.file];
  if (script !== 'tpcb') writeFileSync(script.file, script.text);
  const { stdout } = await run(findProgram('pgbench'), ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds), ...source, url]);
  const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (!tps) throw new Error(stdout);
  return Number(tps);
}

export const runProgram = (name: 'pgbench' | 'psql', args: readonly string[]) => run(findProgram(name), [...args], { maxBuffer: 1024 * 1024 });

/** What the peers of pgbench work on: its own tables, and one row that everybody updates. Answers the script that does. */
export async function preparePeers({ databaseUrl, dir, asOwner }: Pick<World, 'databaseUrl' | 'dir' | 'asOwner'>): Promise<{ file: string; text: string }> {
  await asOwner('create table hot (id int primary key, n bigint not null); insert into hot values (1, 0)');
  await runProgram('pgbench', ['-i', '-q', '-s', '10', databaseUrl]);
  return { file: join(dir, 'hot.sql'), text: 'update hot set n = n + 1 where id = 1;\n' };
}
