// An .xlsx file as a stream: exceljs makes the skeleton (styles, widths, print set-up), the rows go through it as text of the sheet while they are read, and few megabytes of them
// are held before the receiver takes them. Serves web and worker.
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { footOf, type Marks, type Row, rowWriter, type SharedTexts, type SheetPlan, type SheetSums, xmlText } from './sheet-rows.ts';
import { SHARED, type Skeleton, skeletonOf } from './sheet-skeleton.ts';
import { zipped } from './zip.ts';

export type { SheetPlan } from './sheet-rows.ts';

/** Queue of the workers that write files, beside that of the workflows. */
export const exportQueue = (queue: string) => `${queue}-exports`;

/** Rows that are written in one go: some 300 KB, a few milliseconds, after which others of this process have their turn. */
const SLICE = 500;

/** Deflate level of every export. */
export const LEVEL = 1;

export interface BookPlan {
  /** Above the table, merged and centred. */
  title: string;
  /** Lines under the title: period, merchant, unit, when and by whom it was made, up to when the figures reach. */
  lines: readonly string[];
  sheets: readonly SheetPlan[];
  /** Foot of every printed page. */
  pageFoot: string;
}
export type RowsOf = (sheet: number) => AsyncIterable<readonly Row[]>;
export interface Writing {
  level?: number;
  /** 大写 of an amount. */
  inWords(fen: number): string;
  /** Called after each batch with the rows so far; may throw to stop. */
  wrote?(rows: number): void;
  /** Rest after each slice, ms: time for other processes of a machine that people wait for. */
  restMs?: number;
  signal?: AbortSignal;
}

/** Writes the file; answers how many rows each sheet has and what its columns came to. */
export async function writeBook(
  out: Writable,
  plan: BookPlan,
  rowsOf: RowsOf,
  { level = LEVEL, inWords, wrote, restMs = 0, signal }: Writing,
): Promise<SheetSums[]> {
  const skeleton = await skeletonOf(plan);
  const sums: SheetSums[] = [];
  const texts = new Texts(skeleton.texts.count);
  let rows = 0;
  const count = (n: number) => {
    rows += n;
    wrote?.(rows);
  };
  const entries = [
    ...skeleton.parts.map(([path, content]) => ({ path, level: 6, body: [content] })),
    ...plan.sheets.map((sheet, i) => ({
      path: `xl/worksheets/sheet${i + 1}.xml`,
      level,
      body: sheetText(skeleton, {
        plan: sheet,
        index: i,
        rows: rowsOf(i),
        wrote: count,
        rest: () => (restMs > 0 ? pause(restMs) : turn()),
        sums,
        inWords,
        texts,
      }),
    })),
    // Written when the sheets are: nothing is shared any more.
    { path: SHARED, level, body: sharedText(skeleton, texts) },
  ];
  await pipeline(zipped(entries, new Date()), out, signal ? { signal } : {});
  return sums;
}

class Texts implements SharedTexts {
  readonly #numbers = new Map<string, number>();
  readonly #first: number;

  constructor(first: number) {
    this.#first = first;
  }

  add(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#first + this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }

  all(): IterableIterator<string> {
    return this.#numbers.keys();
  }
}

function* sharedText({ texts: { head } }: Skeleton, texts: Texts): Generator<Buffer> {
  const items = [...texts.all()].map((text) => `<si><t xml:space="preserve">${xmlText(text)}</t></si>`);
  yield Buffer.from(`${head}${items.join('')}</sst>`);
}

/** The same, the next batch being read while one is written. */
async function* ahead<Batch>(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  const source = batches[Symbol.asyncIterator]();
  let next = source.next();
  next.catch(() => undefined);
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await source.return?.();
  }
}

async function* sheetText(
  skeleton: Skeleton,
  {
    plan,
    index,
    rows,
    wrote,
    rest,
    sums,
    inWords,
    texts,
  }: {
    plan: SheetPlan;
    index: number;
    rows: ReturnType<RowsOf>;
    wrote(n: number): void;
    rest(): Promise<void>;
    sums: SheetSums[];
    inWords(fen: number): string;
    texts: SharedTexts;
  },
): AsyncGenerator<Buffer> {
  const frame = skeleton.sheets[index];
  if (!frame) throw new Error(`no sheet ${index}`);
  yield Buffer.from(frame.head);
  const marks: Marks = { texts, styles: frame.styles, next: frame.firstRow, merges: [...frame.merges] };
  const writer = rowWriter(plan, marks);
  for await (const batch of ahead(rows)) {
    for (let from = 0; from < batch.length; from += SLICE) {
      const text = writer.rows(batch.slice(from, from + SLICE));
      if (text !== '') yield Buffer.from(text);
      await rest();
    }
    wrote(batch.length);
  }
  const done = writer.done();
  sums[index] = done.sums;
  yield Buffer.from(done.text + footOf(plan, marks, done.sums, inWords) + frame.tail(marks.merges));
}
