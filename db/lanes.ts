// Lanes: what belongs to one owner goes through one connection, and what arrives while a lane is committing goes together next. There is no timer.
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type postgres from 'postgres';
import { connectTo } from './address.ts';
import { lists } from './arrays.ts';
import { APP_ROLE } from './connect.ts';
import { guarded, looksLost } from './guarded.ts';

/** So many go together at most, and so many may wait in one lane. */
const MOST = 128;
export const MOST_WAITING = 4000;
/** So many statements may be under way: while PostgreSQL works on one, the next is made ready. With three, postgres.js may send a `begin` before one of them on a new connection. */
const MOST_AHEAD = 2;
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
/** Does a batch, all of it or nothing; an Error in place of an answer is this item's alone. `follows` when they waited for the batch before. */
type Doing<Item, Given> = (sql: postgres.Sql, items: readonly Item[], follows: boolean) => Given;
type Answers<Answer> = readonly (Answer | Error)[];
export interface Work<Item, Answer> {
  /** In a transaction; nothing else is sent between its begin and its end. */
  whole: Doing<Item, Promise<Answers<Answer>>>;
  /**
   * In one statement that is sent at once, behind another that is not answered yet. Null when it cannot be done so, or, later, when it was not: then nothing of it stands, and it is
   * done whole.
   */
  ahead?: Doing<Item, Promise<Answers<Answer> | null> | null>;
}

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

function settle<Item, Answer>(batch: readonly Waiting<Item, Answer>[], answers: Answers<Answer>): void {
  for (const [i, one] of batch.entries()) {
    const answer = answers[i];
    if (answer === undefined) one.failed(new Error('answered too little'));
    else if (answer instanceof Error) one.failed(answer);
    else one.done(answer);
  }
}

/** Answers go out before the next batch is thought about: whoever hands them on collects them for a turn. */
async function answersOut(): Promise<void> {
  await turn();
  await turn();
}

/** One connection. */
class Lane<Item, Answer> {
  readonly #sql: postgres.Sql;
  readonly #work: Work<Item, Answer>;
  #waiting: Waiting<Item, Answer>[] = [];
  /** Batches that are done whole, in turn. */
  readonly #whole: Waiting<Item, Answer>[][] = [];
  /** Statements that are sent and not answered. */
  #ahead = 0;
  #alone = false;

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
    this.#sql = guarded(
      connectTo(url, {
        max: 1,
        idle_timeout: 0,
        max_lifetime: null,
        connect_timeout: 5,
        onnotice: () => undefined,
        types: lists,
        fetch_types: false,
        connection,
      }),
    );
    this.#work = work;
  }

  take(item: Item): Promise<Answer> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new LanesFull('too many wait'));
    return new Promise((done, failed) => {
      // What comes in one turn goes together.
      if (this.#waiting.push({ item, done, failed }) === 1) queueMicrotask(() => this.#next(false));
    });
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 });
  }

  /** Begins what can begin now. */
  #next(follows: boolean): void {
    if (this.#alone) return;
    const whole = this.#whole.shift();
    if (whole) return void this.#doWhole(whole, follows);
    if (this.#waiting.length === 0 || this.#ahead >= MOST_AHEAD) return;
    const batch = this.#waiting.splice(0, MOST);
    const items = batch.map((one) => one.item);
    const answers = this.#work.ahead?.(this.#sql, items, follows || this.#ahead > 0) ?? null;
    if (answers) void this.#doAhead(batch, answers);
    else this.#whole.push(batch);
    this.#next(follows);
  }

  async #doAhead(batch: Waiting<Item, Answer>[], answers: Promise<Answers<Answer> | null>): Promise<void> {
    this.#ahead += 1;
    // What failed is done whole: a connection that was lost is for `#commit`.
    const given = await answers.catch(() => null);
    if (given) settle(batch, given);
    else this.#whole.push(batch);
    this.#ahead -= 1;
    await answersOut();
    this.#next(true);
  }

  async #doWhole(batch: Waiting<Item, Answer>[], follows: boolean): Promise<void> {
    this.#alone = true;
    await this.#commit(batch, follows);
    await answersOut();
    this.#alone = false;
    this.#next(true);
  }

  async #commit(batch: Waiting<Item, Answer>[], follows: boolean, tries = 1): Promise<void> {
    try {
      const items = batch.map((one) => one.item);
      settle(batch, await this.#work.whole(this.#sql, items, follows));
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
