// Lanes: what belongs to one owner goes through one connection, and what arrives while a lane is committing goes together next. There is no timer.
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type postgres from 'postgres';
import { connectTo } from './address.ts';
import { APP_ROLE } from './connect.ts';
import { guarded, looksLost } from './guarded.ts';

/** So many go together at most, and so many may wait in one lane. */
const MOST = 128;
export const MOST_WAITING = 4000;
/** Deadlock, serialization, a lock that was waited for too long, too many connections: done again, as after a commit that nobody answered, which changes nothing that stands already. */
const AGAIN = new Set(['40P01', '40001', '55P03', '53300']);
const TRIES = 8;
/** A lock is waited for so long. */
const LOCK_MS = 10_000;
/** A web that vanished between two round trips holds its merchants for so long. */
const FORGOTTEN_MS = 30_000;

export class LanesFull extends Error {}

export interface Lanes<Item, Answer> {
  /** `owner` chooses the lane. Throws what `work` gives for this item, LanesFull, or the error that several tries ended with. */
  take(owner: string, item: Item): Promise<Answer>;
  close(): Promise<void>;
}
/** Does a batch in one transaction; an Error in place of an answer is this item's alone. `follows` when they waited for the batch before. */
export type Work<Item, Answer> = (sql: postgres.Sql, items: readonly Item[], follows: boolean) => Promise<readonly (Answer | Error)[]>;

/** `makeWork` is called once for each lane. */
export function openLanes<Item, Answer>(url: string, count: number, name: string, makeWork: () => Work<Item, Answer>): Lanes<Item, Answer> {
  const lanes = Array.from({ length: count }, () => new Lane(url, name, makeWork()));
  const hash = (text: string) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return {
    take(owner, item) {
      const lane = lanes[hash(owner) % count];
      if (!lane) throw new Error('no lanes');
      return lane.take(item);
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

interface Waiting<Item, Answer> {
  item: Item;
  done(answer: Answer): void;
  failed(error: unknown): void;
}

/** One connection. */
class Lane<Item, Answer> {
  readonly #sql: postgres.Sql;
  readonly #work: Work<Item, Answer>;
  #waiting: Waiting<Item, Answer>[] = [];
  #busy = false;

  constructor(url: string, name: string, work: Work<Item, Answer>) {
    // Small tables that change all the time must not be read through, nor tables without statistics; and the same few statements need no new plan each time.
    const plans = {
      enable_seqscan: 'off',
      enable_hashjoin: 'off',
      enable_mergejoin: 'off',
      plan_cache_mode: 'force_generic_plan',
      lock_timeout: LOCK_MS,
      idle_in_transaction_session_timeout: FORGOTTEN_MS,
    };
    const connection = { application_name: name, role: APP_ROLE, ...plans };
    this.#sql = guarded(connectTo(url, { max: 1, idle_timeout: 0, max_lifetime: null, connect_timeout: 5, onnotice: () => undefined, connection }));
    this.#work = work;
  }

  take(item: Item): Promise<Answer> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new LanesFull('too many wait'));
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (!this.#busy) void this.#run();
    });
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    for (let follows = false; this.#waiting.length > 0; follows = true) {
      await this.#commit(this.#waiting.splice(0, MOST), follows);
      // Answers go out before the next batch is thought about.
      await turn();
    }
    this.#busy = false;
  }

  async #commit(batch: Waiting<Item, Answer>[], follows: boolean, tries = 1): Promise<void> {
    try {
      const answers = await this.#work(
        this.#sql,
        batch.map((one) => one.item),
        follows,
      );
      for (const [i, one] of batch.entries()) {
        const answer = answers[i];
        if (answer === undefined) one.failed(new Error('answered too little'));
        else if (answer instanceof Error) one.failed(answer);
        else one.done(answer);
      }
    } catch (error) {
      const { code = '' } = error as { code?: string };
      const again = AGAIN.has(code) || looksLost(error);
      if (again && tries < TRIES) {
        if (tries > 1) await pause(looksLost(error) ? Math.min(1000, 50 * 2 ** tries) : 50 * tries);
        return this.#commit(batch, follows, tries + 1);
      }
      // One that cannot be done must not fail its neighbours; where nothing can be done, all have failed.
      if (batch.length > 1 && !looksLost(error)) for (const one of batch) await this.#commit([one], false, again ? TRIES : 1);
      else for (const one of batch) one.failed(error);
    }
  }
}
