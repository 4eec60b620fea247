// What 日切 and 日结 do to the database.
import type { Db } from '../db/connect.ts';
import { openDays, settleDay } from '../db/day-end.ts';
import { closeDay } from '../db/ledger.ts';
import { patiently } from './errors.ts';

export const dayEndActivities = (db: Db) => ({
  /** Days with nothing more to come, that are not settled yet, in their order. */
  openDays: (today: string): Promise<string[]> => patiently(() => openDays(db, today)),
  /** 日切: waits for postings of that day that are under way, and refuses every later one. */
  cutDay: (day: string): Promise<void> => patiently(() => db.transaction((tx) => closeDay(tx, day))),
  /** 日结: daily balances, once; answers what does not hold. */
  keepBalances: (day: string): Promise<string[]> => patiently(() => settleDay(db, day)),
});

export type DayEndActivities = ReturnType<typeof dayEndActivities>;
