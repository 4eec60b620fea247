// Schedules that Temporal keeps for us: made once, by whichever worker comes first.
import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';

/** 日切 a few minutes into the new day, Shanghai time; what was missed is made up when the server is back. */
export async function keepSchedules(client: Client, taskQueue: string): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: 'day-end',
      spec: { calendars: [{ hour: 0, minute: 5 }], timezone: 'Asia/Shanghai' },
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: '7 days' },
      action: { type: 'startWorkflow', workflowType: 'dayEnd', taskQueue, workflowId: 'day-end', args: [] },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
