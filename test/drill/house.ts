// A whole back office of its own, started as a user starts it, for drills that kill parts of it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { closeDb, type Db, openDb } from '../../db/connect.ts';
import { answersOk, bornAt, freePort, lives, type Started } from '../../stack/child.ts';
import type { CrashPoint } from '../../stack/crash.ts';
import { envOf } from '../../stack/place.ts';
import { readRoster, type Service, services, stopAll } from '../../stack/roster.ts';
import type { Kept } from '../../stack/secrets.ts';
import { type Person, signInAt } from '../web/site.ts';

export class House {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'zhangfang-drill-'));
  port = 0;
  output = '';
  supervisor: ChildProcess | null = null;
  #db: Db | null = null;

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get db(): Db {
    this.#db ??= openDb(this.env.DATABASE_URL ?? '', 4);
    return this.#db;
  }

  /** What its processes run with. */
  get env(): NodeJS.ProcessEnv {
    return envOf(this.dataDir, JSON.parse(readFileSync(join(this.dataDir, 'kept.json'), 'utf8')) as Kept);
  }

  /** Starts the supervisor and waits until everything is ready; answers how long that took, ms. */
  async start(): Promise<number> {
    const began = Date.now();
    if (this.port === 0) this.port = await freePort();
    this.supervisor = this.launch();
    await this.until(() => this.output.includes('is ready'), 120_000, 'the back office');
    return Date.now() - began;
  }

  /** Starts a supervisor that this house does not take for its own. */
  launch(): ChildProcess {
    const env = {
      ...process.env,
      NODE_ENV: 'development',
      DEMO: 'accounts',
      DATA_DIR: this.dataDir,
      PORT: String(this.port),
      LOGIN_CAPTCHA: 'off',
      CRASH_POINTS: 'on',
      LOG_LEVEL: 'warn',
    };
    const child = spawn(process.execPath, ['--import', 'tsx', 'stack/start.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    return child;
  }

  child(service: Service): Started {
    const started = readRoster(this.dataDir)?.children[service];
    if (!started) throw new Error(`${service} is not on the roster`);
    return started;
  }

  /** kill -9; answers how long it took until another one of its kind serves, ms. */
  async kill(service: Service): Promise<number> {
    const dead = this.child(service);
    const began = Date.now();
    process.kill(dead.pid, 'SIGKILL');
    await this.until(() => this.child(service).pid !== dead.pid && lives(this.child(service)), 60_000, `another ${service}`);
    await this.ready();
    return Date.now() - began;
  }

  /** All four live, and the web is ready. A worker that was killed a moment ago may still be on the roster, dead. */
  async ready(): Promise<void> {
    await this.until(() => services.every((service) => lives(this.child(service))), 60_000, 'all four');
    await this.until(() => answersOk(`${this.base}/readyz`), 60_000, 'readiness');
  }

  /** The next process that passes this point dies there. */
  arm(point: CrashPoint): void {
    mkdirSync(join(this.dataDir, 'crash'), { recursive: true });
    writeFileSync(join(this.dataDir, 'crash', point), '');
  }

  signIn(code: string): Promise<Person> {
    return signInAt(this.base, code);
  }

  async until(holds: () => Promise<boolean> | boolean, patience: number, what: string): Promise<void> {
    const limit = Date.now() + patience;
    while (!(await Promise.resolve(holds()).catch(() => false))) {
      if (Date.now() > limit) throw new Error(`waited ${patience / 1000} s for ${what}\n${this.output}`);
      await pause(20);
    }
  }

  /** Ctrl-C; answers what is still alive afterwards. */
  async stop(): Promise<Service[]> {
    const roster = readRoster(this.dataDir);
    const { supervisor } = this;
    if (supervisor?.pid && supervisor.exitCode === null && supervisor.signalCode === null) {
      const born = bornAt(supervisor.pid) ?? '';
      supervisor.kill('SIGINT');
      await this.until(() => !lives({ pid: supervisor.pid ?? 0, born }), 60_000, 'the end');
    }
    return services.filter((service) => roster?.children[service] && lives(roster.children[service]));
  }

  async close(): Promise<void> {
    if (this.#db) await closeDb(this.#db);
    await this.stop();
    await stopAll((service) => readRoster(this.dataDir)?.children[service]);
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
