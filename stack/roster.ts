// Who runs on a DATA_DIR: the supervisor and its children, by pid and start time, in a file that outlives a kill -9.
import { linkSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bornAt, lives, type Started, stop } from './child.ts';

export const services = ['postgres', 'temporal', 'worker', 'web'] as const;
export type Service = (typeof services)[number];

interface Roster {
  supervisor: Started & { url: string };
  children: Partial<Record<Service, Started>>;
}

const file = (dataDir: string) => join(dataDir, 'running.json');

export function readRoster(dataDir: string): Roster | null {
  try {
    return JSON.parse(readFileSync(file(dataDir), 'utf8')) as Roster;
  } catch {
    return null;
  }
}

export class Running {
  readonly #dataDir: string;
  readonly #roster: Roster;

  constructor(dataDir: string, url: string) {
    this.#dataDir = dataDir;
    this.#roster = { supervisor: { pid: process.pid, born: bornAt(process.pid) ?? '', url }, children: {} };
    mkdirSync(dataDir, { recursive: true });
    this.#write();
  }

  set(service: Service, pid: number): void {
    this.#roster.children[service] = { pid, born: bornAt(pid) ?? '' };
    this.#write();
  }

  get(service: Service): Started | undefined {
    return this.#roster.children[service];
  }

  #write(): void {
    writeFileSync(`${file(this.#dataDir)}.new`, JSON.stringify(this.#roster));
    renameSync(`${file(this.#dataDir)}.new`, file(this.#dataDir));
  }
}

/** How each is asked to stop, and how long it may take. PostgreSQL: SIGINT is its fast shutdown. */
const farewell: Record<Service, [NodeJS.Signals, number]> = {
  web: ['SIGTERM', 8000],
  worker: ['SIGTERM', 15_000],
  temporal: ['SIGINT', 8000],
  postgres: ['SIGINT', 15_000],
};

/** Stops children in the order in which nothing is lost: web, worker, Temporal, PostgreSQL. */
export async function stopAll(get: (service: Service) => Started | undefined): Promise<void> {
  for (const service of services.toReversed()) {
    const started = get(service);
    if (started) await stop(started, ...farewell[service]);
  }
}

/** What a supervisor that died left running is stopped, so that the one that claimed the DATA_DIR can take over. */
export async function takeOver(dataDir: string, say: (line: string) => void): Promise<void> {
  const roster = readRoster(dataDir);
  if (!roster) return;
  const left = services.filter((service) => roster.children[service] && lives(roster.children[service]));
  if (left.length > 0) say(`taking over from a supervisor that died: stopping its ${left.join(', ')}`);
  await stopAll((service) => roster.children[service]);
}

/** Claims a DATA_DIR for this process; false when another living one holds it. What a dead one left is removed only under a guard, so that nobody removes a live claim. */
export function claim(dataDir: string): boolean {
  mkdirSync(dataDir, { recursive: true });
  const lock = join(dataDir, 'supervisor.lock');
  const guard = `${lock}.guard`;
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, born: bornAt(process.pid) ?? '' }));
  try {
    for (;;) {
      if (made(() => linkSync(mine, lock))) return true;
      if (ownerLives(lock)) return false;
      if (made(() => mkdirSync(guard))) {
        if (!ownerLives(lock)) rmSync(lock, { force: true });
        rmdirSync(guard);
      } else if (Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 5000) rmSync(guard, { recursive: true, force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** True when it was made, false when it was there already; any other trouble is thrown. */
function made(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function ownerLives(lock: string): boolean {
  try {
    return lives(JSON.parse(readFileSync(lock, 'utf8')) as Started);
  } catch {
    return false;
  }
}
