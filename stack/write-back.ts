// What PostgreSQL adds to its files goes to the disk bit by bit. Linux would let it lie for 30 seconds and then write all of it at once, and whoever commits meanwhile waits until that is
// done (seen: 180 ms for 60 MB).
import type { ChildProcess } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Each file that grows is written back so often, one after another. */
const EVERY_MS = 1000;
/** After so many rounds it is looked which those are: hundreds do not. */
const ROUNDS = 5;
/** A file says when it changed only to a tick of the kernel's clock. */
const TICK_MS = 50;
/** Databases below this number are PostgreSQL's own. */
const FIRST_OWN = 16_384;

/** Goes on until the server with its data in `dir` ends. It changes nothing in what is safe when; files may vanish at any time. */
export async function writeBack(dir: string, server: ChildProcess): Promise<void> {
  let growing: string[] = [];
  let since = Date.now();
  for (let round = 1; server.exitCode === null && server.signalCode === null; round++) {
    for (const path of growing) {
      await pause(EVERY_MS / growing.length, undefined, { ref: false });
      await writtenBack(path);
    }
    if (growing.length === 0) await pause(EVERY_MS, undefined, { ref: false });
    if (round % ROUNDS > 0) continue;
    const now = Date.now();
    growing = changedIn(join(dir, 'base'), since - TICK_MS);
    since = now;
  }
}

function changedIn(base: string, since: number): string[] {
  const databases = listed(base).filter((name) => Number(name) >= FIRST_OWN);
  const paths = databases.flatMap((name) => listed(join(base, name)).map((file) => join(base, name, file)));
  return paths.filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since);
}

function listed(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

async function writtenBack(path: string): Promise<void> {
  const file = await open(path, 'r').catch(() => null);
  await file?.datasync().catch(() => undefined);
  await file?.close();
}
