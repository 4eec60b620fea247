// 日切 and 日结: every business day that is over is closed, in order, and its balances are kept. Started by a schedule; doing it again changes nothing.
import { ApplicationFailure, proxyLocalActivities } from '@temporalio/workflow';
import type { DayEndActivities } from '../activities/day-end.ts';
import { businessDate } from './rules/time.ts';

const weather = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1 minute' } as const;
const { openDays, cutDay, keepBalances } = proxyLocalActivities<DayEndActivities>({
  startToCloseTimeout: '10 minutes',
  localRetryThreshold: '1m',
  retry: weather,
});

/** Answers the days that were closed, `yyyymmdd`. */
export async function dayEnd(): Promise<string[]> {
  const days = await openDays(businessDate(Date.now()));
  for (const day of days) {
    // 日切: the day takes no postings any more.
    await cutDay(day);
    // 日结: what every account had, and whether the books hold; a day that does not is kept as it is, and told.
    const faults = await keepBalances(day);
    if (faults.length > 0) throw ApplicationFailure.nonRetryable(`${day}: ${faults.join('; ')}`, 'books_do_not_hold');
  }
  return days;
}
