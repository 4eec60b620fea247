// A web in a process of its own, as it runs for people, over the world of a benchmark.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { answersOk, freePort, nodeFlags, until } from '../../stack/child.ts';
import { PAYLOAD_KEYS, TERMINAL_KEY_SECRET, type World } from '../world.ts';

/** What a process of this world runs with. */
export const processEnv = (world: World): NodeJS.ProcessEnv => ({
  ...process.env,
  DATABASE_URL: world.databaseUrl,
  TEMPORAL_ADDRESS: world.address,
  TEMPORAL_NAMESPACE: world.namespace,
  DATA_DIR: world.dir,
  PAYLOAD_KEYS,
  SESSION_SECRET: 'a secret of more than thirty-two letters',
  TERMINAL_KEY_SECRET,
  LOGIN_CAPTCHA: 'off',
  NODE_ENV: 'development',
  LOG_LEVEL: 'warn',
});

export async function startWeb(world: World, changes: NodeJS.ProcessEnv = {}): Promise<{ base: string; process: ChildProcess }> {
  const port = Number(changes.PORT ?? (await freePort()));
  const base = `http://127.0.0.1:${port}`;
  const env = { ...processEnv(world), PORT: String(port), ...changes };
  const profile = process.env.PROF ? ['--cpu-prof', `--cpu-prof-dir=${process.env.PROF}`] : [];
  const web = spawn(process.execPath, [...profile, ...nodeFlags('web'), 'web/server.ts'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await until('web', () => answersOk(`${base}/readyz`), 30_000, web);
  return { base, process: web };
}

/** A worker in a process of its own, so that what is measured is not what waits behind it; it is ready. */
export async function startWorker(world: World): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [...nodeFlags('worker'), 'activities/worker.ts'], {
    env: processEnv(world),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([once(worker, 'message'), once(worker, 'exit').then(() => Promise.reject(new Error('the worker ended')))]);
  worker.disconnect();
  return worker;
}

/** Asks them to stop, and waits until they have. */
export async function ended(...children: ChildProcess[]): Promise<void> {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode === null && child.signalCode === null && once(child, 'exit')));
}
