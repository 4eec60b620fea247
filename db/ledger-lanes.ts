// Postings that stand alone, many a second: those of one merchant go through one lane.
import type { Posting } from '../workflows/rules/ledger.ts';
import { openLanes as open } from './lanes.ts';
import { LedgerRefusal, ledgerFaultCodes, type Posted, postMany } from './ledger.ts';

export interface LedgerLanes {
  /** Posts once for each command number; throws LedgerRefusal. `owner` chooses the lane. */
  post(owner: string, posting: Posting): Promise<Posted>;
  close(): Promise<void>;
}

export function openLanes(url: string, count: number): LedgerLanes {
  const lanes = open<Posting, Posted>(url, count, 'zhangfang ledger', () => ({
    whole: async (sql, postings) =>
      (await postMany(sql, postings)).map(({ entry_id, fresh, fault }) =>
        fault ? new LedgerRefusal(ledgerFaultCodes[fault]) : { entryId: Number(entry_id), fresh },
      ),
  }));
  return { post: lanes.take, close: lanes.close };
}
