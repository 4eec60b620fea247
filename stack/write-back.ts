// What PostgreSQL adds to its files goes to the disk bit by bit. Linux would let it lie for 30 seconds and then write all of it at once, and whoever commits meanwhile waits until that is
// done (seen: 180 ms for 60 MB).
import type { ChildProcess } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Each file that grew is written back so often, one after another: of less, a commit notices nothing, and more often they would only be in its way. */
const EVERY_MS = 5000;
/** A file says when it changed only to a tick of the kernel's clock. */
const TICK_MS = 50;
/** Databases below this number are PostgreSQL's own. */
const FIRST_OWN = 16_384;

/** Goes on until the server with its data in `dir` ends. It changes nothing in what is safe when; files may vanish at any time. */
export async function writeBack(dir: string, server: ChildProcess, everyMs = EVERY_MS): Promise<void> {
  for (let since = Date.now(); server.exitCode === null && server.signalCode === null; ) {
    const now = Date.now();
    const grown = changedIn(join(dir, 'base'), since - TICK_MS);
    since = now;
    for (const path of grown) {
      await pause(everyMs / grown.length, undefined, { ref: false });
      await writtenBack(path);
    }
    if (grown.length === 0) await pause(everyMs, undefined, { ref: false });
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
