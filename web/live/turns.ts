// Open pages take turns to look again, so that hundreds that news concerns do not ask at once.

/** Between two turns, ms: 200 pages ask 40 times a second, each after 5 s, however fast the news comes. */
const APART_MS = 25;
/** Between two turns of the same page, ms: a flood of news is told as one. */
const QUIET_MS = 2000;

/** Each that is due has its turn once, in the order in which they came; a few have theirs at once. */
export class Turns<Page extends object> {
  readonly #turn: (page: Page) => void;
  readonly #due = new Set<Page>();
  readonly #lastOf = new WeakMap<Page, number>();
  #last = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(turn: (page: Page) => void) {
    this.#turn = turn;
  }

  add(pages: Iterable<Page>): void {
    for (const page of pages) this.#due.add(page);
    this.#wait();
  }

  drop(page: Page): void {
    this.#due.delete(page);
  }

  close(): void {
    this.#due.clear();
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** For the earliest that may have its turn. */
  #wait(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#due.size === 0) return;
    const now = Date.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const page of this.#due) {
      soonest = Math.min(soonest, this.#readyAt(page));
      if (soonest <= now) break;
    }
    this.#timer = setTimeout(() => this.#next(), Math.max(0, soonest - now, this.#last + APART_MS - now));
  }

  #next(): void {
    const now = Date.now();
    for (const page of this.#due) {
      if (this.#readyAt(page) > now) continue;
      this.#due.delete(page);
      this.#lastOf.set(page, now);
      this.#last = now;
      this.#turn(page);
      break;
    }
    this.#wait();
  }

  readonly #readyAt = (page: Page) => (this.#lastOf.get(page) ?? 0) + QUIET_MS;
}
