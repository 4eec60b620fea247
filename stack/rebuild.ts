// `npm run rebuild`: makes the projections of requests anew from workflow histories, and reports every difference it heals.

import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { makeWorker } from '../activities/worker.ts';
import { closeDb, type Db, openDb } from '../db/connect.ts';
import { allRequestNos, findRequest, projection, replaceRequest, requestEvents } from '../db/requests.ts';
import { viewQuery } from '../workflows/desk.ts';
import type { Request } from '../workflows/rules/request.ts';
import { dataConverter } from './codec.ts';
import { stackEnv } from './place.ts';
import { loadSettings } from './settings.ts';

export interface Difference {
  requestNo: string;
  what: string;
}

/** Compares every request that Temporal knows with its rows, and puts the rows right. A worker must be running to answer. */
export async function rebuild(db: Db, client: Client): Promise<{ requests: number; differences: Difference[] }> {
  const numbers = new Set(await allRequestNos(db));
  for await (const { workflowId } of client.workflow.list({ query: 'RequestKind is not null' })) numbers.add(workflowId);
  const differences: Difference[] = [];
  for (const requestNo of [...numbers].sort()) differences.push(...(await heal(db, client, requestNo)));
  return { requests: numbers.size, differences };
}

async function heal(db: Db, client: Client, requestNo: string): Promise<Difference[]> {
  const view = await client.workflow
    .getHandle(requestNo)
    .query(viewQuery)
    .catch(() => null);
  if (!view) return [{ requestNo, what: 'has rows, but no workflow that answers; left as it is' }];
  if (!view.settled) return [{ requestNo, what: 'is being worked on; left as it is' }];
  const what = await differencesOf(db, view.request);
  if (what.length > 0) await db.transaction((tx) => replaceRequest(tx, view.request));
  return what.map((one) => ({ requestNo, what: one }));
}

async function differencesOf(db: Db, request: Request): Promise<string[]> {
  const row = await findRequest(db, request.requestNo);
  if (!row) return ['row missing'];
  const wanted = JSON.parse(JSON.stringify(projection(request))) as Record<string, unknown>;
  const present = JSON.parse(JSON.stringify(row)) as Record<string, unknown>;
  const columns = Object.keys(wanted).filter((key) => !isDeepStrictEqual(wanted[key], present[key]));
  const events = new Map((await requestEvents(db, request.requestNo)).map((event) => [event.seq, event]));
  const wrong = request.events.filter((event) => !isDeepStrictEqual(JSON.parse(JSON.stringify(event)), events.get(event.seq))).map((event) => event.seq);
  const foreign = [...events.keys()].filter((seq) => seq > request.version);
  return [
    ...columns.map((column) => `${column} differs`),
    ...wrong.map((seq) => `event ${seq} missing or different`),
    ...foreign.map((seq) => `event ${seq} never happened`),
  ];
}

async function main(): Promise<void> {
  const settings = loadSettings({ ...process.env, ...stackEnv() });
  const db = openDb(settings.DATABASE_URL, 5);
  const connection = await Connection.connect({ address: settings.TEMPORAL_ADDRESS });
  const native = await NativeConnection.connect({ address: settings.TEMPORAL_ADDRESS });
  const worker = await makeWorker(native, db, settings);
  const client = new Client({ connection, namespace: settings.TEMPORAL_NAMESPACE, dataConverter: dataConverter(settings.PAYLOAD_KEYS) });
  const { requests, differences } = await worker.runUntil(rebuild(db, client));
  for (const { requestNo, what } of differences) console.log(`${requestNo}: ${what}`);
  console.log(`${requests} requests compared, ${differences.length} differences${differences.length > 0 ? ', healed where it does not say otherwise' : ''}`);
  await native.close();
  await connection.close();
  await closeDb(db);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
