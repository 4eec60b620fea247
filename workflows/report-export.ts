// 导出任务: a large report is written by a worker of its own queue, may be cancelled, and its file is kept for seven days.
import { CancellationScope, isCancellation, proxyActivities, proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { ExportActivities, ExportInput, ReportFileActivities } from '../activities/reports.ts';

const weather = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;
const { beginExport, endExport } = proxyLocalActivities<ExportActivities>({ startToCloseTimeout: '10s', localRetryThreshold: '1m', retry: weather });

export async function reportExport(input: ExportInput): Promise<string> {
  const { exportNo } = input.asked;
  const { writeExport, dropExport } = proxyActivities<ReportFileActivities>({
    taskQueue: input.taskQueue,
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '20s',
    // What is being written is waited for, so that nothing is left behind.
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: { ...weather, maximumAttempts: 10 },
  });
  await beginExport(input.asked);
  try {
    const file = await writeExport(input);
    await endExport(exportNo, { state: 'done', ...file });
  } catch (error) {
    const state = isCancellation(error) ? 'cancelled' : 'failed';
    await CancellationScope.nonCancellable(async () => {
      await dropExport(exportNo);
      await endExport(exportNo, { state });
    });
    return state;
  }
  // 保留 7 天.
  await sleep('7 days');
  await dropExport(exportNo);
  await endExport(exportNo, { state: 'expired' });
  return 'expired';
}
