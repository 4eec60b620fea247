// Postings that stand alone, many a second: those of one merchant go through one lane, and what arrives while a lane is committing goes together next.
import postgres from 'postgres';
import type { Posting } from '../workflows/rules/ledger.ts';
import { APP_ROLE } from './connect.ts';
import { columnsOf, LedgerRefusal, ledgerFaultCodes, type Posted } from './ledger.ts';

/** So many postings go together at most. */
const MOST = 128;
const DEADLOCK = '40P01';
const MEANWHILE = '40001';

interface Waiting {
  posting: Posting;
  done(posted: Posted): void;
  failed(error: unknown): void;
}

export interface Lanes {
  /** Posts once for each command number; throws LedgerRefusal. `owner` chooses the lane. */
  post(owner: string, posting: Posting): Promise<Posted>;
  close(): Promise<void>;
}

export function openLanes(url: string, count: number): Lanes {
  const lanes = Array.from({ length: count }, () => new Lane(url));
  const hash = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return {
    post(owner, posting) {
      const lane = lanes[hash(owner) % count];
      if (!lane) throw new Error('no lanes');
      return lane.post(posting);
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

/** One connection. There is no timer: a batch is what came during the commit before it. */
class Lane {
  readonly #sql: postgres.Sql;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(url: string) {
    const connection = { application_name: 'zhangfang ledger', role: APP_ROLE };
    this.#sql = postgres(url, { max: 1, idle_timeout: 0, max_lifetime: null, onnotice: () => undefined, connection });
  }

  post(posting: Posting): Promise<Posted> {
    return new Promise((done, failed) => {
      this.#waiting.push({ posting, done, failed });
      if (!this.#busy) void this.#run();
    });
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MOST));
    this.#busy = false;
  }

  async #commit(batch: Waiting[], tries = 0): Promise<void> {
    try {
      const answers = await this.#send(batch.map((one) => one.posting));
      for (const [i, one] of batch.entries()) {
        const answer = answers[i];
        if (!answer) one.failed(new Error('ledger_post_many answered too little'));
        else if (answer.fault) one.failed(new LedgerRefusal(ledgerFaultCodes[answer.fault]));
        else one.done({ entryId: Number(answer.entry_id), fresh: answer.fresh });
      }
    } catch (error) {
      const { code = '' } = error as { code?: string };
      if ((code === DEADLOCK || code === MEANWHILE) && tries < 5) return this.#commit(batch, tries + 1);
      // One that cannot be sent must not fail its neighbours.
      if (batch.length > 1) for (const one of batch) await this.#commit([one], tries);
      else batch[0]?.failed(error);
    }
  }

  #send(postings: readonly Posting[]) {
    const legs = postings.map((one) => columnsOf(one.legs));
    const items = legs.flatMap((columns, i) => columns.accounts.map(() => i + 1));
    const text = (pick: (one: Posting) => string | null) => postings.map(pick);
    return this.#sql<{ entry_id: string | null; fresh: boolean; fault: keyof typeof ledgerFaultCodes | null }[]>`
      select entry_id, fresh, fault from ledger_post_many(${text((one) => one.commandNo)}::text[], ${text((one) => one.businessDate)}::text[], ${text((one) => one.event)}::text[],
        ${text((one) => one.cause)}::text[], ${text((one) => one.reverses ?? null)}::text[], ${items}::int[], ${legs.flatMap((one) => one.accounts)}::text[],
        ${legs.flatMap((one) => one.owners)}::text[], ${legs.flatMap((one) => one.debits)}::bigint[], ${legs.flatMap((one) => one.credits)}::bigint[]) order by item`;
  }
}
