// What an alert does to the database, and the watch that raises them.
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { alertStarted, putAlert, unstartedAlerts, watchOnce } from '../db/alerts.ts';
import type { Db } from '../db/connect.ts';
import { log } from '../stack/log.ts';
import type { Alert } from '../workflows/rules/alerts.ts';
import { patiently } from './errors.ts';

export const alertActivities = (db: Db) => ({
  saveAlert: (alert: Alert): Promise<void> => patiently(() => db.transaction((tx) => putAlert(tx, alert))),
});
export type AlertActivities = ReturnType<typeof alertActivities>;

/** Looks at what terminals did since the last look, and starts a case for each alert: those of a look that died are started by the next. */
export async function lookForAlerts(db: Db, client: Client, taskQueue: string): Promise<number> {
  const raised = await watchOnce(db, Date.now());
  for (const alert of await unstartedAlerts(db)) {
    await client.workflow
      .start('riskAlert', {
        workflowId: alert.alertNo,
        taskQueue,
        args: [alert],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${alert.rule} ${alert.merchantNo}`,
      })
      .catch((error) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      });
    await db.transaction((tx) => alertStarted(tx, alert.alertNo));
  }
  return raised;
}

/** The same every two seconds until told to stop; several workers take turns. */
export async function watchForAlerts(db: Db, client: Client, taskQueue: string, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    await lookForAlerts(db, client, taskQueue).catch((error) => log.warn({ err: error }, 'looking for alerts failed'));
    await pause(2000, undefined, { signal: stopped }).catch(() => undefined);
  }
}
