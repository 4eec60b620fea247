// 风险预警: raised by what terminals do, taken by somebody, closed with what came of it. It waits as long as it takes, and says when it is overdue.
import { CancellationScope, condition, defineQuery, defineSignal, setCurrentDetails, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import type { AlertActivities } from '../activities/alerts.ts';
import { localSteps } from './lifecycle.ts';
import { type Alert, type AlertCommand, alertOverdue, readAlertCommand, takeAlert } from './rules/alerts.ts';

export const alertSignal = defineSignal<[AlertCommand]>('command');
export const alertQuery = defineQuery<Alert>('alert');

const { saveAlert } = localSteps<AlertActivities>().saves;

export async function riskAlert(raised: Alert): Promise<Alert['state']> {
  let alert = raised;
  let saved = 0;
  const tray: AlertCommand[] = [];
  setHandler(alertSignal, (payload) => {
    const command = readAlertCommand(raised.alertNo, payload);
    if (command) tray.push(command);
  });
  // A signal of unknown name has nothing to say here.
  setDefaultSignalHandler(() => undefined);
  setHandler(alertQuery, () => alert);
  await CancellationScope.nonCancellable(async () => {
    while (alert.state !== 'closed' || saved !== alert.version || tray.length > 0) {
      for (const command of tray.splice(0)) alert = takeAlert(alert, command, Date.now());
      alert = alertOverdue(alert, Date.now());
      if (saved !== alert.version) {
        await saveAlert(alert);
        saved = alert.version;
        setCurrentDetails(`**${alert.alertNo}** ${alert.rule} ${alert.merchantNo} ${alert.state}`);
        continue;
      }
      if (alert.overdue) await condition(() => tray.length > 0);
      else await condition(() => tray.length > 0, Math.max(1, alert.dueAt - Date.now()));
    }
  });
  return alert.state;
}
