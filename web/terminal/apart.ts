// The exchange apart: in a thread beside the web's own, which has HTTP and the pages.
import type { Worker } from 'node:worker_threads';
import { LanesFull, MOST_WAITING } from '../../db/lanes.ts';
import { log } from '../../stack/log.ts';
import { startThread } from '../thread.ts';
import { type Answer, type Exchange, LANES, type Received } from './exchange.ts';
import type { Asked, Given, Told } from './exchange-thread.ts';

/** A web that starts has other things to do first; who comes sooner starts the thread. */
const WARM_MS = 3000;
/** Asks only whether somebody is there, who answers with as much. */
const NOTHING = '[]';
/** So many letters of bodies go over in one text, which may not become too long for one (each letter may need six). */
const MOST_LETTERS = 1_000_000;
/** After a thread that died before it answered anything there is none for so long, ms. */
const AGAIN_MS = 500;

/** A thread that dies fails what it had been asked, of which nobody knows whether it was committed, and the next message starts another. */
export function openExchangeApart(url: string, secret: string): Exchange {
  const apart = new Apart({ url, secret });
  const warm = setTimeout(() => apart.start(), WARM_MS).unref();
  return {
    take: (received) => apart.take(received),
    ready: () => apart.ready(),
    close() {
      clearTimeout(warm);
      return apart.close();
    },
  };
}

interface Waiting {
  no: number;
  done(answer: Answer): void;
  failed(error: Error): void;
}
/**
 * Whoever waits, by number. Places are used again, where a Map would grow new tables: each that it leaves behind keeps what it knew, and all that hangs on it, until memory is
 * searched through as a whole, for which everybody waits.
 */
class WaitingRoom {
  readonly #places: (Waiting | undefined)[] = Array.from({ length: 2 * LANES * MOST_WAITING });
  #size = 0;
  #no = 0;

  get full(): boolean {
    return this.#size >= LANES * MOST_WAITING;
  }

  /** Room for one more, under a number that nobody had before. */
  enter(done: Waiting['done'], failed: Waiting['failed']): number {
    do this.#no++;
    while (this.#places[this.#no % this.#places.length]);
    this.#places[this.#no % this.#places.length] = { no: this.#no, done, failed };
    this.#size++;
    return this.#no;
  }

  leave(no: number): Waiting | undefined {
    const place = no % this.#places.length;
    const waiting = this.#places[place];
    if (waiting?.no !== no) return undefined;
    this.#places[place] = undefined;
    this.#size--;
    return waiting;
  }

  everybody(): Waiting[] {
    return this.#places.flatMap((waiting) => (waiting ? (this.leave(waiting.no) ?? []) : []));
  }
}

/** Whether the thread is there was asked, and is not answered yet. */
interface Call {
  answered: Promise<void>;
  done(): void;
  failed(error: Error): void;
}
function calling(): Call {
  const call = {} as Call;
  call.answered = new Promise((done, failed) => Object.assign(call, { done, failed }));
  return call;
}

class Apart {
  readonly #given: Given;
  readonly #waiting = new WaitingRoom();
  #call: Call | null = null;
  #worker: Worker | null = null;
  #restsUntil = 0;
  #answered = false;
  #closed = false;
  #asked: Asked = [];
  #letters = 0;

  constructor(given: Given) {
    this.#given = given;
  }

  take(received: Received): Promise<Answer> {
    if (this.#closed || this.#waiting.full) return Promise.reject(new LanesFull('too many wait, or none is taken any more'));
    return new Promise((done, failed) => {
      const no = this.#waiting.enter(done, failed);
      // What arrives in one turn of the event loop goes over together, a long one at once.
      if (this.#asked.push([no, received]) === 1) setImmediate(() => this.#ask());
      this.#letters += received.body.length;
      if (this.#letters > MOST_LETTERS) this.#ask();
    });
  }

  /** The thread answers, started first where there is none. */
  ready(): Promise<void> {
    const worker = this.start();
    if (!worker) return Promise.reject(new Error('there is no thread'));
    if (!this.#call) {
      this.#call = calling();
      worker.postMessage(NOTHING);
    }
    return this.#call.answered;
  }

  /** Null where none can be started now. */
  start(): Worker | null {
    if (this.#worker || this.#closed) return this.#worker;
    if (performance.now() < this.#restsUntil) return null;
    this.#answered = false;
    try {
      const worker = startThread(new URL('./exchange-thread', import.meta.url), { workerData: this.#given });
      worker.unref();
      worker.on('message', (text: string) => this.#told(JSON.parse(text) as Told));
      worker.on('error', (err) => log.error({ err }, 'the thread of the exchange failed'));
      worker.once('exit', () => {
        this.#worker = null;
        if (!this.#answered) this.#restsUntil = performance.now() + AGAIN_MS;
        this.#fail('the thread of the exchange ended');
      });
      this.#worker = worker;
    } catch (err) {
      log.error({ err }, 'the thread of the exchange did not start');
      this.#restsUntil = performance.now() + AGAIN_MS;
    }
    return this.#worker;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (!worker) return this.#fail('closed');
    const ended = new Promise((done) => void worker.once('exit', done));
    worker.postMessage(null);
    await ended;
  }

  #ask(): void {
    const asked = this.#asked;
    this.#asked = [];
    this.#letters = 0;
    if (asked.length === 0) return;
    const worker = this.start();
    if (worker) worker.postMessage(JSON.stringify(asked));
    else this.#fail('there is no thread');
  }

  /** Whatever waits; nobody knows what became of what was handed on. */
  #fail(why: string): void {
    this.#asked = [];
    const call = this.#call;
    this.#call = null;
    for (const { failed } of [...(call ? [call] : []), ...this.#waiting.everybody()]) failed(new Error(why));
  }

  #told(told: Told): void {
    this.#answered = true;
    if (told.length === 0) {
      this.#call?.done();
      this.#call = null;
    }
    for (const one of told) {
      const waiting = this.#waiting.leave(one.no);
      if ('answer' in one) waiting?.done(one.answer);
      else waiting?.failed(one.full ? new LanesFull(one.message) : Object.assign(new Error(one.message), { stack: one.stack, code: one.code }));
    }
  }
}
