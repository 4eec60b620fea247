// What a lane remembers of the merchants and terminals that it served: a batch of purchases by these is decided without reading, and written by a statement that first makes sure,
// under the locks, that the tables still say so.
import type postgres from 'postgres';
import { generalLimits, type Turnover } from '../workflows/rules/limits.ts';
import { businessDate } from '../workflows/rules/time.ts';
import type { Incoming } from './online.ts';
import { type MerchantTerms, nonceOf, type Tables, type TerminalTerms } from './online-scene.ts';

/** So many terminals are remembered. */
const MOST = 20_000;
/** System numbers that were reserved are used within so long, ms: they follow the order in which things happen. */
const RESERVED_MS = 200;
/** Before midnight, ms: a statement that waits for a lock must not be of the day that is over. */
const MIDNIGHT_MS = 15_000;
/** Numbers for so many batches like the last one are kept. */
const AHEAD = 3;

/** What the tables must still say, as `online_still` takes it. */
interface Still {
  merchants: string[];
  terminals: string[];
  owners: string[];
  known: string;
}
export interface Recalled extends Tables {
  still: Still;
}

export class Memory {
  readonly #accounts = new Map<string, { balanceFen: number }>();
  readonly #merchants = new Map<string, MerchantTerms>();
  readonly #terminals = new Map<string, TerminalTerms>();
  readonly #turnovers = new Map<string, Turnover>();
  #policies: Pick<Tables, 'policies' | 'policyMark' | 'limits' | 'today'> = {
    policies: new Map(),
    policyMark: '',
    limits: generalLimits(new Map()),
    today: '',
  };
  #ids: { id: number; until: number }[] = [];

  /** The scene of a batch as it is remembered; null when something of it is not, and the tables have to be read. */
  recall(batch: readonly Incoming[]): Recalled | null {
    const { today } = this.#policies;
    const now = performance.now();
    this.#ids = this.#ids.filter(({ until }) => until > now);
    if (this.#ids.length < batch.length || businessDate(Date.now() + MIDNIGHT_MS) !== today) return null;
    if (!batch.every(({ message }) => message.type === 'purchase' && this.#knows(message.merchantNo, message.terminalNo))) return null;
    const used = new Set<string>();
    return {
      ...{ ...this.#policies, accounts: this.#accounts, merchants: this.#merchants, terminals: this.#terminals, turnovers: this.#turnovers },
      ...{ txns: new Map(), reversals: new Map(), byId: new Map(), closed: false, transaction: '' },
      ids: this.#ids.splice(0, batch.length).map(({ id }) => id),
      takeNonce: (incoming) => used.size < used.add(nonceOf(incoming)).size,
      still: this.#still(batch),
    };
  }

  /** What was read for a batch, and decided on since, stands. */
  keep({ accounts, merchants, terminals, turnovers, policies, policyMark, limits, today, closed }: Tables): void {
    if (this.#terminals.size > MOST || closed || today !== this.#policies.today) for (const map of this.#maps()) map.clear();
    if (closed) return;
    this.#policies = { policies, policyMark, limits, today };
    for (const [no, account] of accounts) this.#accounts.set(no, account);
    for (const [no, terms] of merchants) this.#merchants.set(no, terms);
    for (const [no, terms] of terminals) this.#terminals.set(no, terms);
    for (const [owner, turnover] of turnovers) this.#turnovers.set(owner, turnover);
  }

  /** Whatever a batch is about. */
  forget(batch: readonly Incoming[]): void {
    for (const { message } of batch) {
      this.#accounts.delete(message.merchantNo);
      this.#merchants.delete(message.merchantNo);
      this.#terminals.delete(message.terminalNo);
      this.#turnovers.delete(`M${message.merchantNo}`);
      this.#turnovers.delete(`T${message.terminalNo}`);
    }
  }

  /** How many numbers to reserve beside a batch of so many for those that follow. */
  wanted(size: number): number {
    // Those that will soon be too old count for nothing.
    const soon = performance.now() + RESERVED_MS / 2;
    return Math.max(0, AHEAD * size - this.#ids.filter(({ until }) => until > soon).length);
  }

  /** Numbers that were given out by a statement sent at this moment (`performance.now`). */
  reserve(ids: readonly number[], sentAt: number): void {
    this.#ids.push(...ids.map((id) => ({ id, until: sentAt + RESERVED_MS })));
  }

  #knows(merchantNo: string, terminalNo: string): boolean {
    return this.#accounts.has(merchantNo) && this.#merchants.has(merchantNo) && this.#terminals.has(terminalNo);
  }

  #maps(): Map<string, unknown>[] {
    return [this.#accounts, this.#merchants, this.#terminals, this.#turnovers];
  }

  #still(batch: readonly Incoming[]): Still {
    const sorted = (pick: (message: Incoming['message']) => string) => [...new Set(batch.map(({ message }) => pick(message)))].toSorted();
    const [merchants, terminals] = [sorted((one) => one.merchantNo), sorted((one) => one.terminalNo)];
    const owners = [...merchants.map((no) => `M${no}`), ...terminals.map((no) => `T${no}`)];
    const turnovers = owners.flatMap((owner) => {
      const one = this.#turnovers.get(owner);
      return one ? [`${owner} ${one.day} ${one.dayCount} ${one.dayFen} ${one.month} ${one.monthCount} ${one.monthFen}`] : [];
    });
    const known = [
      merchants.map((no) => `${no} ${this.#accounts.get(no)?.balanceFen}`),
      merchants.map((no) => `${no} ${this.#merchants.get(no)?.mark}`),
      terminals.map((no) => `${no} ${this.#terminals.get(no)?.mark}`),
      turnovers,
    ];
    return { merchants, terminals, owners, known: [...known.map((part) => part.join(',')), this.#policies.policyMark].join('|') };
  }
}

/** Part of a statement, raising when something is not as it is remembered, or a key of the batch is known. */
export function stillSo(run: postgres.Sql, { still, today }: Recalled, batch: readonly Incoming[]) {
  const of = <T>(pick: (message: Incoming['message']) => T) => batch.map(({ message }) => pick(message));
  return run`online_still(${still.merchants}::text[], ${still.terminals}::text[], ${still.owners}::text[], ${today}, ${still.known}, ${of((one) => one.terminalNo)}::text[], ${of((one) => one.batchNo)}::int[],
    ${of((one) => one.traceNo)}::int[]),`;
}
