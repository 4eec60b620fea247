// The embedded Temporal server: where its program comes from, and how it is started.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { attributes } from '../workflows/search-attributes.ts';
import { launch, until } from './child.ts';

const run = promisify(execFile);
const { temporal } = proto;
export const CLI_VERSION = '1.5.1';
const LEAST_SERVER = [1, 29] as const;

export type Say = (line: string) => void;

/** Path of a `temporal` program: on PATH, in the cache, by download, or built from the Go module proxy (some minutes, once). */
export async function findTemporal(say: Say): Promise<string> {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'temporal'));
  const kept = join(cacheFolder(), `temporal-cli-${CLI_VERSION}`, 'temporal');
  for (const program of [...onPath, kept]) if (await isRecent(program)) return program;
  return (await downloaded(say)) ?? (await built(kept, say));
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'zhangfang');
}

async function isRecent(program: string): Promise<boolean> {
  try {
    accessSync(program, constants.X_OK);
    const { stdout } = await run(program, ['--version']);
    const [, major, minor] = /Server (\d+)\.(\d+)/.exec(stdout) ?? [];
    return Number(major) > LEAST_SERVER[0] || (Number(major) === LEAST_SERVER[0] && Number(minor) >= LEAST_SERVER[1]);
  } catch {
    return false;
  }
}

/** The official download, by the test package of the SDK, in a process of its own that is given up after 10 s without an answer. */
async function downloaded(say: Say): Promise<string | null> {
  say('Temporal: trying the official download …');
  const folder = join(cacheFolder(), 'temporal-download');
  mkdirSync(folder, { recursive: true });
  const script = fileURLToPath(new URL('./temporal-download.ts', import.meta.url));
  try {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script, folder], { timeout: 10_000, killSignal: 'SIGKILL' });
    const program = stdout.trim().split('\n').at(-1) ?? '';
    return (await isRecent(program)) ? program : null;
  } catch {
    say('Temporal: no download to be had; building it from source instead.');
    return null;
  }
}

/** Builds the Temporal CLI with Go; the result is kept by version outside the clone. */
async function built(kept: string, say: Say): Promise<string> {
  say(`Temporal: building CLI ${CLI_VERSION} with Go (3 to 5 minutes on 2 cores, once; kept in ${kept})`);
  const work = mkdtempSync(join(tmpdir(), 'temporal-build-'));
  try {
    cpSync(fileURLToPath(new URL('./temporal/', import.meta.url)), work, { recursive: true });
    mkdirSync(join(kept, '..'), { recursive: true });
    await goBuild(work, `${kept}.${process.pid}`, say);
    renameSync(`${kept}.${process.pid}`, kept);
    return kept;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function goBuild(work: string, out: string, say: Say): Promise<void> {
  return new Promise((resolve, reject) => {
    const build = spawn('go', ['build', '-v', '-o', out, 'github.com/temporalio/cli/cmd/temporal'], { cwd: work, stdio: ['ignore', 'ignore', 'pipe'] });
    const began = Date.now();
    let packages = 0;
    let last = '';
    build.stderr.on('data', (chunk: Buffer) => {
      const lines = chunk.toString().split('\n').filter(Boolean);
      packages += lines.length;
      last = lines.at(-1) ?? last;
    });
    const progress = setInterval(() => say(`Temporal: ${Math.round((Date.now() - began) / 1000)} s, ${packages} steps, ${last}`), 15_000);
    build.once('error', (error) =>
      reject(new Error(`Temporal cannot be built: ${error.message}. Install Go 1.24 or newer, or put a temporal program on PATH.`)),
    );
    build.once('exit', (code) => {
      clearInterval(progress);
      if (code === 0 && existsSync(out)) resolve();
      else reject(new Error(`Temporal cannot be built: go ended with ${code}: ${last}`));
    });
  });
}

export interface TemporalPlace {
  program: string;
  dbFile: string;
  port: number;
  uiPort: number;
  httpPort: number;
  logFile: string;
  /** Base of the codec endpoint that the UI asks for plain text, if any. */
  codecEndpoint?: string;
  options?: readonly string[];
}

/** A cache of 64 MB, and its log written back as seldom: a page that many lifecycles change is then written once. */
const pragmas = ['journal_mode=WAL', 'synchronous=NORMAL', 'cache_size=-65536', 'wal_autocheckpoint=16384'];

/** Of the processors, so many: web, worker and database want the others, and on two a server that spreads over both wakes them against each other. */
const SHARE = Math.max(1, Math.floor(availableParallelism() / 2));

/**
 * One server needs no partitions of its task queues: from each of four, a task finds a worker that waits at another only by way of the first, ten a second at most. Tasks go to
 * one; where a database is older than that, they may still lie in the others, so only one that was made this way (`mark`) is read in one.
 */
export function partitions(dbFile: string): string[] {
  const mark = `${dbFile}.one-partition`;
  if (!existsSync(dbFile)) {
    mkdirSync(dirname(mark), { recursive: true });
    writeFileSync(mark, '');
  }
  return ['Write', ...(existsSync(mark) ? ['Read'] : [])].flatMap((way) => ['--dynamic-config-value', `matching.numTaskqueue${way}Partitions=1`]);
}

/** Starts the dev server on its SQLite file and waits until it serves. */
export async function startTemporal(place: TemporalPlace, started?: (pid: number) => void): Promise<ChildProcess> {
  const { program, dbFile, port, uiPort, httpPort, logFile, codecEndpoint, options = [] } = place;
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--db-filename',
    dbFile,
    '--log-level',
    'error',
    '--port',
    String(port),
    '--ui-port',
    String(uiPort),
    '--http-port',
    String(httpPort),
    ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    '--dynamic-config-value',
    'history.transferProcessorMaxPollRPS=2000',
    ...partitions(dbFile),
    '--dynamic-config-value',
    'system.forceSearchAttributesCacheRefreshOnRead=true',
    '--dynamic-config-value',
    'system.namespaceCacheRefreshInterval="1s"',
    ...(codecEndpoint ? ['--ui-codec-endpoint', codecEndpoint] : []),
    ...options,
  ];
  const child = launch({ command: program, args, env: { GOMAXPROCS: String(SHARE), ...process.env }, logFile });
  if (child.pid) started?.(child.pid);
  await until('Temporal', () => serves(port), 60_000, child);
  return child;
}

async function serves(port: number): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: '1s' });
    await connection.healthService.check({});
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

const YEARS_10 = 3650 * 86_400;

/** Makes the namespace (closed histories are kept ten years) and the search attributes of requests, where missing. */
export async function prepareNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const known = await connection.workflowService.describeNamespace({ namespace }).catch(() => null);
    if (!known) {
      const workflowExecutionRetentionPeriod = { seconds: YEARS_10 as unknown as Long };
      await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    }
    // A new namespace is known to every part of the server only after its caches were refreshed.
    await until(
      `namespace ${namespace}`,
      () =>
        addSearchAttributes(connection, namespace).then(
          () => true,
          () => false,
        ),
      60_000,
    );
  } finally {
    await connection.close();
  }
}

type Long = Exclude<proto.temporal.api.workflowservice.v1.IRegisterNamespaceRequest['workflowExecutionRetentionPeriod'], null | undefined>['seconds'] & object;

async function addSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { IndexedValueType } = temporal.api.enums.v1;
  const wanted = Object.values(attributes).map(
    ({ name, type }) => [name, type === 'INT' ? IndexedValueType.INDEXED_VALUE_TYPE_INT : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD] as const,
  );
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = wanted.filter(([name]) => !customAttributes?.[name]);
  if (missing.length > 0) await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) });
}

/** Whether a worker waits for the tasks of this namespace. */
export async function isPolled(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address });
  try {
    const taskQueue = { name: process.env.TEMPORAL_TASK_QUEUE || 'backoffice' };
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue,
      taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    return (pollers?.length ?? 0) > 0;
  } finally {
    await connection.close();
  }
}
