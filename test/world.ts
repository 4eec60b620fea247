// A world of its own for a test file: a copy of the database, a Temporal namespace, and workers that can be stopped and started.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { makeExportWorker, makeWorker } from '../activities/worker.ts';
import { connectTo } from '../db/address.ts';
import { closeDb, type Db, openDb } from '../db/connect.ts';
import { calendarDay } from '../db/schema.ts';
import { dataConverter } from '../stack/codec.ts';
import { businessDate, days } from '../workflows/rules/time.ts';
import { namespaceName } from './servers.ts';

export const TERMINAL_KEY_SECRET = 'a secret for the keys of terminals in tests';
export const PAYLOAD_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;

export interface World {
  db: Db;
  databaseUrl: string;
  client: Client;
  namespace: string;
  address: string;
  dir: string;
  /** Runs a statement as the owner of the schema, which the application is not. */
  asOwner(statement: string): Promise<void>;
  /** Makes weekends and holidays working days for two months, for stories that wait until a span of working time has passed. */
  workEveryDay(): Promise<void>;
  /** Starts a worker; the answer stops it, letting it finish. */
  work(cache?: number): Promise<() => Promise<void>>;
  /** The same for the worker that writes large exports. */
  workExports(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

Runtime.install({ shutdownSignals: [], telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } }, logger: quietLogger() });

export async function openWorld(): Promise<World> {
  const { TEST_PG, TEST_TEMPORAL, TEST_DIR } = process.env;
  if (!TEST_PG || !TEST_TEMPORAL || !TEST_DIR) throw new Error('run tests with `npm test` (or `npm test -- FILE`), which starts the servers');
  const namespace = takeNamespace(TEST_DIR);
  const databaseUrl = await copyDatabase(TEST_PG, namespace);
  const db = openDb(databaseUrl, 20);
  const connection = await Connection.connect({ address: TEST_TEMPORAL });
  const client = new Client({ connection, namespace, dataConverter: dataConverter(PAYLOAD_KEYS) });
  const running = new Set<() => Promise<void>>();
  const native = await NativeConnection.connect({ address: TEST_TEMPORAL });
  const dir = join(TEST_DIR, namespace);
  const settings = { TEMPORAL_NAMESPACE: namespace, TEMPORAL_TASK_QUEUE: 'backoffice', PAYLOAD_KEYS, TERMINAL_KEY_SECRET, DATA_DIR: dir };
  mkdirSync(dir, { recursive: true });
  return {
    db,
    databaseUrl,
    client,
    namespace,
    address: TEST_TEMPORAL,
    dir,
    async asOwner(statement) {
      const owner = openDb(databaseUrl, 1, null);
      await owner.$client.unsafe(statement);
      await closeDb(owner);
    },
    async workEveryDay() {
      const rows = Array.from({ length: 62 }, (_, n) => ({ date: businessDate(Date.now() + days(n - 1)), working: true, note: '照常营业' }));
      await db
        .insert(calendarDay)
        .values(rows)
        .onConflictDoUpdate({ target: calendarDay.date, set: { working: true } });
    },
    async work(cache = 600) {
      const worker = await makeWorker(native, db, { ...settings, WORKFLOW_CACHE: cache });
      const stop = stopper(worker, worker.run(), running);
      running.add(stop);
      return stop;
    },
    async workExports() {
      const worker = await makeExportWorker(native, db, settings);
      const stop = stopper(worker, worker.run(), running);
      running.add(stop);
      return stop;
    },
    async close() {
      for (const stop of [...running]) await stop();
      await native.close();
      await connection.close();
      await closeDb(db);
    },
  };
}

function stopper(worker: Worker, ended: Promise<void>, running: Set<() => Promise<void>>): () => Promise<void> {
  const stop = async () => {
    if (!running.delete(stop)) return;
    worker.shutdown();
    await ended;
  };
  return stop;
}

function takeNamespace(dir: string): string {
  mkdirSync(join(dir, 'taken'), { recursive: true });
  for (let n = 0; n < 100; n++) {
    try {
      mkdirSync(join(dir, 'taken', namespaceName(n)));
      return namespaceName(n);
    } catch {
      // taken by another test file
    }
  }
  throw new Error('no namespace left');
}

async function copyDatabase(url: string, name: string): Promise<string> {
  const template = new URL(url);
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const sql = connectTo(admin.href, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`create database ${name} template ${template.pathname.slice(1)}`);
  await sql.end();
  template.pathname = `/${name}`;
  return template.href;
}

function quietLogger() {
  const quiet = () => undefined;
  return { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: (message: string, meta?: object) => console.error(message, meta) };
}
