// `npm start`: PostgreSQL, Temporal, worker and web on one machine, each started again when it dies.
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { closeDb, openDb } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { addUser, users } from '../db/users.ts';
import { answersOk, launch, nodeFlags, portAnswers, until } from './child.ts';
import { DEMO_PASSWORD, demoCodes, demoUsers } from './demo.ts';
import { envOf } from './place.ts';
import { startPostgres } from './postgres.ts';
import { claim, Running, readRoster, type Service, stopAll, takeOver } from './roster.ts';
import { type Kept, keptIn, withFreePorts } from './secrets.ts';
import { findTemporal, isPolled, prepareNamespace, startTemporal } from './temporal.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (line: string) => console.log(line);

interface Place {
  dataDir: string;
  port: number;
  kept: Kept;
  env: NodeJS.ProcessEnv;
  ownPostgres: boolean;
  ownTemporal: boolean;
}

async function main(): Promise<void> {
  if (process.env.NODE_ENV === 'production')
    throw new Error('npm start is for demonstration and development; in production run the processes of docker-compose.yml');
  const dataDir = resolve(process.env.DATA_DIR || '.data');
  const port = Number(process.env.PORT || 3000);
  const url = `http://localhost:${port}`;
  if (!claim(dataDir)) {
    const url = readRoster(dataDir)?.supervisor.url ?? 'it is just starting';
    say(`Zhangfang already runs on ${dataDir}: ${url}. It is left alone.`);
    return;
  }
  await takeOver(dataDir, say);
  if (await portAnswers(port)) throw new Error(`port ${port} is taken by another program; choose one with PORT=…`);
  const running = new Running(dataDir, url);
  const place = await placeOf(dataDir, port);
  const supervisor = new Supervisor(place, running);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void supervisor.end());
  try {
    await supervisor.start();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    await supervisor.end(1);
  }
}

async function placeOf(dataDir: string, port: number): Promise<Place> {
  const kept = await withFreePorts(dataDir, await keptIn(dataDir));
  const embedded = (name: string) => !process.env[name] || process.env[name] === 'embedded';
  return { dataDir, port, kept, env: envOf(dataDir, kept), ownPostgres: embedded('DATABASE_URL'), ownTemporal: embedded('TEMPORAL_ADDRESS') };
}

class Supervisor {
  #ending = false;
  readonly #place: Place;
  readonly #running: Running;
  #temporal = '';
  #making: ChildProcess | null = null;

  constructor(place: Place, running: Running) {
    this.#place = place;
    this.#running = running;
  }

  async start(): Promise<void> {
    const { dataDir, env, port } = this.#place;
    const { DATABASE_URL = '', DATABASE_OWNER_URL, TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '' } = env;
    say(`data: ${dataDir}`);
    const database = this.#keep('postgres')
      .then(() => migrate(DATABASE_OWNER_URL || DATABASE_URL, DATABASE_URL))
      .then(() => this.#demo());
    const temporal = this.#keep('temporal').then(() => prepareNamespace(TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE));
    const [first] = await Promise.allSettled([database, temporal]).then((results) => results.filter((result) => result.status === 'rejected'));
    if (first) throw first.reason;
    if (this.#ending) return;
    await Promise.all([this.#keep('worker'), this.#keep('web')]);
    await until('worker', () => isPolled(TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE), 60_000);
    await until('web', () => answersOk(`http://127.0.0.1:${port}/readyz`), 60_000);
    if (!this.#ending) this.#welcome();
    this.#demoData();
  }

  async end(code = 0): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    say('stopping …');
    this.#making?.kill('SIGTERM');
    await stopAll((service) => this.#running.get(service));
    process.exit(code);
  }

  /** Starts a service, and again whenever it dies, a little later each time it dies young. */
  async #keep(service: Service, died = 0): Promise<void> {
    const { ownPostgres, ownTemporal } = this.#place;
    if ((service === 'postgres' && !ownPostgres) || (service === 'temporal' && !ownTemporal)) return;
    const began = Date.now();
    const child = await this.#launch(service);
    child.once('exit', (code, signal) => {
      if (this.#ending) return;
      const young = Date.now() - began < 5000;
      say(`${service} ended (${signal ?? code}); starting it again`);
      const wait = young ? Math.min(5000, 200 * 2 ** died) : 0;
      void pause(wait).then(() => this.#again(service, young ? died + 1 : 0));
    });
  }

  async #again(service: Service, died: number): Promise<void> {
    if (this.#ending) return;
    await this.#keep(service, died).catch((error) => {
      say(`${service}: ${error instanceof Error ? error.message : error}`);
      return pause(1000).then(() => this.#again(service, died + 1));
    });
  }

  async #launch(service: Service): Promise<ChildProcess> {
    const child = await this.#spawn(service);
    if (child.pid) this.#running.set(service, child.pid);
    return child;
  }

  async #spawn(service: Service): Promise<ChildProcess> {
    const { dataDir, kept, port } = this.#place;
    const log = (name: string) => `${dataDir}/log/${name}.log`;
    const known = (pid: number) => this.#running.set(service, pid);
    if (service === 'postgres')
      return startPostgres({ dir: `${dataDir}/postgres`, port: kept.ports.postgres, password: kept.postgresPassword, logFile: log('postgres') }, known);
    if (service === 'temporal') {
      this.#temporal ||= await findTemporal(say);
      if (this.#ending) throw new Error('stopped while looking for Temporal');
      const { temporal, temporalUi, temporalHttp } = kept.ports;
      const ports = { port: temporal, uiPort: temporalUi, httpPort: temporalHttp };
      return startTemporal(
        { program: this.#temporal, dbFile: `${dataDir}/temporal.db`, ...ports, logFile: log('temporal'), codecEndpoint: `http://127.0.0.1:${port}/codec` },
        known,
      );
    }
    const script = service === 'web' ? 'web/server.ts' : 'activities/worker.ts';
    return launch({ command: process.execPath, args: [...nodeFlags(service), `${root}${script}`], env: this.#env(service), cwd: root, logFile: log(service) });
  }

  #env(service: Service): NodeJS.ProcessEnv {
    // Who owns the schema is nobody's business but the migration's.
    return { ...process.env, ...this.#place.env, DATABASE_OWNER_URL: '', PROCESS_NAME: service, PORT: String(this.#place.port) };
  }

  async #demo(): Promise<void> {
    if (process.env.DEMO === 'off') return;
    const db = openDb(this.#place.env.DATABASE_URL ?? '', 1);
    // Only where nobody is yet: what administrators changed since stays.
    if ((await users(db, {}, 1)).length === 0) {
      const cast = await demoUsers();
      await db.transaction(async (tx) => {
        for (const { groups, ...user } of cast) await addUser(tx, user, groups);
      });
    }
    await closeDb(db);
  }

  /** Fills an empty installation, beside whoever looks at it already. */
  #demoData(): void {
    if (this.#ending || (process.env.DEMO ?? 'on') !== 'on') return;
    const logFile = `${this.#place.dataDir}/log/demo-data.log`;
    this.#making = launch({ command: process.execPath, args: ['--import', 'tsx', `${root}stack/demo-data.ts`], env: this.#env('web'), cwd: root, logFile });
  }

  #welcome(): void {
    const { port, kept, ownTemporal } = this.#place;
    say(`\n账房 Zhangfang is ready: http://localhost:${port}`);
    if (process.env.DEMO !== 'off') say(`demo accounts: ${demoCodes.join(' ')}\ndemo password: ${DEMO_PASSWORD}`);
    if (ownTemporal) say(`Temporal UI:   http://127.0.0.1:${kept.ports.temporalUi}`);
    say('Ctrl-C stops everything.');
  }
}

await main().catch((error) => {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
