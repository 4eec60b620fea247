// What a lane remembers of the merchants and terminals that it served: a batch of purchases by these is decided without reading, and written by a statement that first makes sure that
// nothing happened to these merchants since. Their quota accounts tell (`lines` and `revision`, online.sql), so that what is known of a merchant is true or false as a whole.
import { generalLimits, type Turnover } from '../workflows/rules/limits.ts';
import { businessDate } from '../workflows/rules/time.ts';
import type { QuotaAccount } from './ledger.ts';
import type { Incoming } from './online.ts';
import { copied, type MerchantTerms, nonceOf, type Tables, type TerminalTerms } from './online-scene.ts';

/** So many terminals are remembered. */
const MOST = 20_000;
/** System numbers that were reserved are used within so long, ms: they follow the order in which things happen. */
const RESERVED_MS = 200;
/** Before midnight, ms: a statement that waits for a lock must not be of the day that is over. */
const MIDNIGHT_MS = 15_000;
/** Numbers for so many batches like the last one are kept. */
const AHEAD = 3;

export class Memory {
  readonly #accounts = new Map<string, QuotaAccount>();
  readonly #merchants = new Map<string, MerchantTerms>();
  readonly #terminals = new Map<string, TerminalTerms>();
  readonly #turnovers = new Map<string, Turnover>();
  /** Terminals by merchant. */
  readonly #tills = new Map<string, Set<string>>();
  #policies: Pick<Tables, 'policies' | 'policyMark' | 'limits' | 'today'> = {
    policies: new Map(),
    policyMark: '',
    limits: generalLimits(new Map()),
    today: '',
  };
  #ids: { id: number; until: number }[] = [];

  /** The scene of a batch as it is remembered; null when something of it is not, and the tables have to be read. */
  recall(batch: readonly Incoming[]): Tables | null {
    const { today } = this.#policies;
    const now = performance.now();
    this.#ids = this.#ids.filter(({ until }) => until > now);
    if (this.#ids.length < batch.length || businessDate(Date.now() + MIDNIGHT_MS) !== today) return null;
    if (!batch.every(({ message }) => message.type === 'purchase' && this.#knows(message.merchantNo, message.terminalNo))) return null;
    const used = new Set<string>();
    const merchants = new Set(batch.map(({ message }) => message.merchantNo));
    const accounts = [...merchants].flatMap((no): [string, QuotaAccount][] => {
      const account = this.#accounts.get(no);
      return account ? [[no, account]] : [];
    });
    return {
      ...{ ...this.#policies, accounts: this.#accounts, merchants: this.#merchants, terminals: this.#terminals, turnovers: this.#turnovers },
      ...{ txns: new Map(), reversals: new Map(), byId: new Map(), closed: false, transaction: '' },
      ids: this.#ids.splice(0, batch.length).map(({ id }) => id),
      takeNonce: (incoming) => used.size < used.add(nonceOf(incoming)).size,
      held: copied(accounts),
    };
  }

  /** What was read for a batch, and what was decided on it, stands. */
  keep({ accounts, held, merchants, terminals, turnovers, policies, policyMark, limits, today, closed }: Tables): void {
    if (this.#terminals.size > MOST || closed || today !== this.#policies.today) for (const map of this.#maps()) map.clear();
    if (closed) return;
    this.#policies = { policies, policyMark, limits, today };
    for (const [no, read] of held) {
      const known = this.#accounts.get(no);
      if (known?.lines !== read.lines || known.revision !== read.revision) this.#forget(no);
    }
    for (const [no, account] of accounts) this.#accounts.set(no, account);
    for (const [no, terms] of merchants) this.#merchants.set(no, terms);
    // A terminal is known with its own merchant, whose account tells what happens to it.
    const ours = [...terminals.values()].filter(({ merchantNo }) => accounts.has(merchantNo));
    for (const terms of ours) this.#keepTerminal(terms);
    for (const owner of [...[...accounts.keys()].map((no) => `M${no}`), ...ours.map(({ no }) => `T${no}`)]) {
      const turnover = turnovers.get(owner);
      if (turnover) this.#turnovers.set(owner, turnover);
    }
  }

  /** Whatever is known of the merchants of a batch. */
  forget(batch: readonly Incoming[]): void {
    for (const { message } of batch) this.#forget(message.merchantNo);
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
    return this.#accounts.has(merchantNo) && this.#merchants.has(merchantNo) && this.#terminals.get(terminalNo)?.merchantNo === merchantNo;
  }

  #keepTerminal(terms: TerminalTerms): void {
    const { no } = terms;
    this.#terminals.set(no, terms);
    const tills = this.#tills.get(terms.merchantNo) ?? new Set();
    this.#tills.set(terms.merchantNo, tills.add(no));
  }

  #forget(merchantNo: string): void {
    this.#accounts.delete(merchantNo);
    this.#merchants.delete(merchantNo);
    this.#turnovers.delete(`M${merchantNo}`);
    for (const no of this.#tills.get(merchantNo) ?? []) {
      this.#terminals.delete(no);
      this.#turnovers.delete(`T${no}`);
    }
    this.#tills.delete(merchantNo);
  }

  #maps(): Map<string, unknown>[] {
    return [this.#accounts, this.#merchants, this.#terminals, this.#turnovers, this.#tills];
  }
}
