// A load of HTTP requests by a small program (load/main.go), built into the cache; whoever asks costs little beside whoever answers.
import { execFile, execFileSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Load {
  port: number;
  /** In flight at once; in an open loop, at most. */
  width: number;
  /** Each as it goes over the wire. They begin again where they end, where `again` says so. */
  requests: readonly string[];
  again?: boolean;
  /** So long it goes on before it counts. */
  ramp: number;
  seconds: number;
  /** Requests a second, whatever the answers do. */
  rate?: number;
  /** What each answer must begin with. */
  want?: string;
}
export interface Loaded {
  /** All that were answered. */
  done: number;
  /** A second, after the ramp. */
  rate: number;
  /** Of an open loop, ms, from when each should have begun. */
  times: number[];
}

let program = '';
function built(): string {
  if (program) return program;
  const path = join(homedir(), '.cache/zhangfang/load');
  execFileSync('go', ['build', '-o', path, '.'], { cwd: 'test/bench/load', stdio: 'inherit' });
  program = path;
  return program;
}

/** After its length, as the program reads it. */
function framed(request: string): Buffer[] {
  const bytes = Buffer.from(request);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return [length, bytes];
}

/** Asks, and throws when an answer is not as it must be. */
export async function load({ port, width, requests, again = false, ramp, seconds, rate = 0, want = '' }: Load): Promise<Loaded> {
  const given = { port, width, ramp, seconds, again, rate, want };
  const args = Object.entries(given).map(([name, value]) => `-${name}=${value}`);
  // One thread: that is what the one who asks may take.
  const asking = run(built(), args, { env: { ...process.env, GOMAXPROCS: '1', GOGC: 'off' }, maxBuffer: 64 * 1024 * 1024 });
  // Not through a file: the disk is the database's. Whoever ended early says why itself.
  asking.child.stdin?.on('error', () => undefined).end(Buffer.concat(requests.flatMap(framed)));
  const { stdout } = await asking;
  const { done, counted, seconds: took, timesMs = [] } = JSON.parse(stdout) as { done: number; counted: number; seconds: number; timesMs?: number[] };
  return { done, rate: counted / took, times: timesMs };
}
