// The worker process: runs workflows and their activities until it is told to stop, finishing what is in flight.
import { getPriority, setPriority } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context as ActivityContext } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { type ActivityExecuteInput, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { assertDurable, closeDb, type Db, openDb } from '../db/connect.ts';
import { dataConverter } from '../stack/codec.ts';
import { log, within } from '../stack/log.ts';
import { loadSettings, type Settings } from '../stack/settings.ts';
import { exportQueue } from '../stack/workbook.ts';
import { accessActivities } from './access.ts';
import { adjustmentActivities } from './adjustments.ts';
import { alertActivities, watchForAlerts } from './alerts.ts';
import { workflowBundle } from './bundle.ts';
import { dayEndActivities } from './day-end.ts';
import { openingActivities } from './merchant-opening.ts';
import { merchantActivities } from './merchants.ts';
import { refundActivities } from './refunds.ts';
import { exportActivities, reportFileActivities } from './reports.ts';
import { keepSchedules } from './schedules.ts';
import { terminalActivities } from './terminals.ts';
import { topUpActivities } from './top-ups.ts';

/** Everything workflows may ask for. */
export const activities = (db: Db, keySecret: string) => ({
  ...openingActivities(db),
  ...merchantActivities(db),
  ...terminalActivities(db, keySecret),
  ...topUpActivities(db),
  ...refundActivities(db),
  ...adjustmentActivities(db),
  ...accessActivities(db),
  ...dayEndActivities(db),
  ...alertActivities(db),
  ...exportActivities(db),
});

type WorkerSettings = Pick<Settings, 'TEMPORAL_NAMESPACE' | 'TEMPORAL_TASK_QUEUE' | 'PAYLOAD_KEYS' | 'TERMINAL_KEY_SECRET' | 'WORKFLOW_CACHE'>;

/** A worker on an open connection; `run()` starts it, `shutdown()` lets it finish what it holds. */
export async function makeWorker(connection: NativeConnection, db: Db, settings: WorkerSettings): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: settings.TEMPORAL_NAMESPACE,
    taskQueue: settings.TEMPORAL_TASK_QUEUE,
    workflowBundle: await workflowBundle(),
    activities: activities(db, settings.TERMINAL_KEY_SECRET),
    dataConverter: dataConverter(settings.PAYLOAD_KEYS),
    maxCachedWorkflows: settings.WORKFLOW_CACHE,
    interceptors: { activity: [logIds] },
    shutdownGraceTime: '10s',
    reuseV8Context: true,
    ...pollers(settings.WORKFLOW_CACHE),
  });
}

/** Writes the files of large reports, one at a time, on a queue of its own: a long export takes no place of a decision. */
export function makeExportWorker(
  connection: NativeConnection,
  db: Db,
  settings: Pick<Settings, 'TEMPORAL_NAMESPACE' | 'TEMPORAL_TASK_QUEUE' | 'PAYLOAD_KEYS' | 'DATA_DIR'>,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: settings.TEMPORAL_NAMESPACE,
    taskQueue: exportQueue(settings.TEMPORAL_TASK_QUEUE),
    activities: reportFileActivities(db, resolve(settings.DATA_DIR, 'exports')),
    dataConverter: dataConverter(settings.PAYLOAD_KEYS),
    interceptors: { activity: [logIds] },
    maxConcurrentActivityTaskExecutions: 1,
    shutdownGraceTime: '2s',
  });
}

/** What an activity logs carries the ids of its workflow. */
const logIds = ({ info }: ActivityContext) => ({
  inbound: {
    execute: (input: ActivityExecuteInput, next: (input: ActivityExecuteInput) => Promise<unknown>) =>
      within({ workflowId: info.workflowExecution?.workflowId ?? '', runId: info.workflowExecution?.runId ?? '', activity: info.activityType }, async () => {
        log.debug({ attempt: info.attempt }, 'activity');
        return next(input).catch((error) => {
          log.warn({ err: error, attempt: info.attempt }, 'activity failed');
          throw error;
        });
      }),
  },
});

/** Ten, as without a setting, are two for new requests, each away with a task while the next one waits. */
export const POLLERS = 40;

/**
 * A workflow with a local activity under way cannot leave the cache; a task that finds the cache full of such ones waits until it times out
 * (temporalio/sdk-rust#886). So a small cache takes no more tasks than it can hold.
 */
function pollers(cache: number) {
  if (cache === 0) return { maxConcurrentWorkflowTaskExecutions: 1, maxConcurrentWorkflowTaskPolls: 1 };
  return { maxConcurrentWorkflowTaskPolls: cache < POLLERS ? 2 : POLLERS };
}

/** A page that somebody waits for goes before a file that is being written, where both want the same processor. */
const NICENESS = 10;
function yieldToPages(): void {
  try {
    setPriority(Math.max(NICENESS, getPriority()));
  } catch (error) {
    log.warn({ err: error }, 'the worker keeps its priority');
  }
}

async function main(): Promise<void> {
  yieldToPages();
  const settings = loadSettings();
  const metrics = settings.WORKER_METRICS ? { metrics: { prometheus: { bindAddress: settings.WORKER_METRICS } } } : {};
  Runtime.install({
    shutdownSignals: ['SIGINT', 'SIGTERM'],
    telemetryOptions: { logging: { forward: {}, filter: 'ERROR' }, ...metrics },
    logger: { ...temporalLog },
  });
  const db = openDb(settings.DATABASE_URL, 20);
  if (settings.NODE_ENV === 'production') await assertDurable(db);
  const connection = await NativeConnection.connect({ address: settings.TEMPORAL_ADDRESS });
  const worker = await makeWorker(connection, db, settings);
  const exporter = await makeExportWorker(connection, db, settings);
  const client = new Client({
    connection: await Connection.connect({ address: settings.TEMPORAL_ADDRESS }),
    namespace: settings.TEMPORAL_NAMESPACE,
    dataConverter: dataConverter(settings.PAYLOAD_KEYS),
  });
  await keepSchedules(client, settings.TEMPORAL_TASK_QUEUE);
  log.info({ taskQueue: settings.TEMPORAL_TASK_QUEUE }, 'worker ready');
  process.send?.('ready');
  const watching = new AbortController();
  const watch = watchForAlerts(db, client, settings.TEMPORAL_TASK_QUEUE, watching.signal);
  await Promise.all([worker.run(), exporter.run()]);
  watching.abort();
  await watch;
  await client.connection.close();
  await connection.close();
  await closeDb(db);
}

const quiet = () => undefined;
const temporalLog = {
  log: quiet,
  trace: quiet,
  debug: quiet,
  info: quiet,
  warn: (message: string, meta?: object) => log.warn({ ...meta }, message),
  error: (message: string, meta?: object) => log.error({ ...meta }, message),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    log.error({ err: error }, 'worker stopped');
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 500).unref();
  });
}
