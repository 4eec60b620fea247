// Child processes: each in a process group of its own, its output in a log file, known by pid and start time so that a reused pid is never mistaken.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Started {
  pid: number;
  /** What the kernel says about its start; differs when the pid was given to another process. */
  born: string;
}

export interface Launch {
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  logFile: string;
}

/** Starts a process detached from ours, with its output appended to `logFile`. */
export function launch({ command, args, env, cwd, logFile }: Launch): ChildProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const out = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...(env ? { env } : {}), ...(cwd ? { cwd } : {}) });
  child.stdout?.pipe(out, { end: false });
  child.stderr?.pipe(out, { end: false });
  child.once('exit', () => setTimeout(() => out.end(), 200).unref());
  child.on('error', (error) => out.write(`${error.message}\n`));
  return child;
}

/**
 * How a web keeps its memory. It holds little of what it makes for each page and message: with room for much of it, little is copied. What it remembers is replaced all the time, for
 * which the whole would be searched every few seconds if it might not grow to some times its size first. Where web and database share two processors, one helper searches and not four.
 */
const webMemory = ['--max-semi-space-size=32', '--heap-growing-percent=300', ...(availableParallelism() > 2 ? [] : ['--v8-pool-size=1'])];
/** Flags of a process that runs from its sources. */
export const nodeFlags = (service: string): string[] => [...(service === 'web' ? webMemory : []), '--import', 'tsx'];

/** Start time of a living process, from /proc where there is one; null when it is gone (a zombie counts as gone). */
export function bornAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    try {
      process.kill(pid, 0);
      return process.platform === 'linux' ? null : 'alive';
    } catch {
      return null;
    }
  }
}

export const lives = (started: Started) => bornAt(started.pid) === started.born;

/** Asks a process to stop, and makes its whole group stop when it has not done so after `patience` ms. */
export async function stop(started: Started, signal: NodeJS.Signals, patience: number): Promise<void> {
  if (!lives(started)) return;
  process.kill(started.pid, signal);
  const until = Date.now() + patience;
  while (lives(started) && Date.now() < until) await pause(25);
  if (!lives(started)) return;
  try {
    process.kill(-started.pid, 'SIGKILL');
  } catch {
    process.kill(started.pid, 'SIGKILL');
  }
  while (lives(started)) await pause(25);
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
    server.once('error', reject);
  });
}

export function portAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(!socket.destroy().connecting));
    socket.once('error', () => resolve(false));
  });
}

/** Whether an address answers with success. */
export const answersOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  );

/** Waits until `ready` holds; throws after `patience` ms, or at once when `child` has ended. */
export async function until(what: string, ready: () => Promise<boolean> | boolean, patience: number, child?: ChildProcess): Promise<void> {
  const limit = Date.now() + patience;
  for (;;) {
    if (await ready()) return;
    if (child && (child.exitCode !== null || child.signalCode !== null)) throw new Error(`${what} ended with ${child.exitCode ?? child.signalCode}`);
    if (Date.now() > limit) throw new Error(`${what} not ready after ${patience / 1000} s`);
    await pause(20);
  }
}
