// pgbench and psql, the peers of what happens inside PostgreSQL: found, or installed from Debian's packages as root.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
