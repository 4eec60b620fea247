// Open pages take turns to look again, so that hundreds that news concerns do not ask at once.

/** Between two turns, ms: 200 pages ask 40 times a second, each after 5 s, however fast the news comes. */
const APART_MS = 25;
/** Between two turns of the same page, ms: a flood of news is told as one. */
const QUIET_MS = 2000;

/** Each that is due is told once, in the order in which they came; a few are told at once. */
export class PageTurns<Page extends object> {
  readonly #tell: (page: Page) => void;
  readonly #due = new Set<Page>();
  readonly #toldAt = new WeakMap<Page, number>();
  #lastAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(tell: (page: Page) => void) {
    this.#tell = tell;
  }

  add(pages: Iterable<Page>): void {
    if (this.#closed) return;
    for (const page of pages) this.#due.add(page);
    this.#wait();
  }

  drop(page: Page): void {
    this.#due.delete(page);
  }

  /** For good. */
  close(): void {
    this.#closed = true;
    this.#due.clear();
    this.#wait();
  }

  /** For the earliest that may be told. */
  #wait(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#due.size === 0) return;
    const now = Date.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const page of this.#due) {
      soonest = Math.min(soonest, restAfter(this.#toldAt.get(page), QUIET_MS, now));
      if (soonest === 0) break;
    }
    this.#timer = setTimeout(() => this.#next(), Math.max(soonest, restAfter(this.#lastAt, APART_MS, now)));
  }

  #next(): void {
    const now = Date.now();
    for (const page of this.#due) {
      if (restAfter(this.#toldAt.get(page), QUIET_MS, now) > 0) continue;
      this.#due.delete(page);
      this.#toldAt.set(page, now);
      this.#lastAt = now;
      this.#tell(page);
      break;
    }
    this.#wait();
  }
}

/** What is left of `ms` after a moment; nothing when the clock was put back meanwhile. */
const restAfter = (at = 0, ms: number, now: number) => (at > now ? 0 : Math.max(0, at + ms - now));
