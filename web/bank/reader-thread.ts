// Runs in a worker thread: reads a file and sends its lines in chunks that PostgreSQL's COPY takes as they are. The next chunk is made when the last one was taken.
import { parentPort, workerData } from 'node:worker_threads';
import type { MappedLayout } from './layout.ts';
import { rowsOf } from './rows.ts';
import { LineKeys, type StatementLine, StatementReader, StatementRefusal } from './statement.ts';

export interface ThreadTask {
  path: string;
  accountNo: string;
  mapped: MappedLayout[];
  /** Sends chunks; else only the summary and the first lines. */
  whole: boolean;
}
export interface Summary {
  accountNo: string;
  layout: string;
  lines: number;
  inboundFen: number;
  outboundFen: number;
  openingFen: number;
  closingFen: number;
  ascending: boolean;
  sample: StatementLine[];
}
/** Lines as COPY takes them; `lines` counts all so far. */
export interface Chunk {
  text: string;
  lines: number;
  accountNo: string;
  ascending: boolean;
}
export type ThreadMessage =
  | ({ kind: 'chunk' } & Chunk)
  | { kind: 'end'; summary: Summary }
  | { kind: 'refused'; fault: StatementRefusal['fault']; line: number | null; detail: string; header: string[] };

const CHUNK = 20_000;
/** Chunks that may be on their way. */
const AHEAD = 2;
const SAMPLE = 20;

async function main(port: NonNullable<typeof parentPort>, task: ThreadTask): Promise<void> {
  const reader = new StatementReader(task.mapped, task.accountNo);
  const sample: StatementLine[] = [];
  const keys = new LineKeys();
  let free = AHEAD;
  let freed: () => void = () => undefined;
  port.on('message', () => {
    free += 1;
    freed();
  });
  let chunk: string[] = [];
  const send = async () => {
    if (chunk.length === 0) return;
    if (reader.accountNo === '') throw new StatementRefusal('account_unknown');
    while (free === 0)
      await new Promise<void>((resolve) => {
        freed = resolve;
      });
    free -= 1;
    const { lines, accountNo, ascending } = reader;
    port.postMessage({ kind: 'chunk', text: `${chunk.join('\n')}\n`, lines, accountNo, ascending } satisfies ThreadMessage);
    chunk = [];
  };
  try {
    for await (const cells of rowsOf(task.path)) {
      const line = reader.take(cells);
      if (!line) continue;
      if (sample.length < SAMPLE) sample.push(line);
      if (task.whole) chunk.push(copied(line, keys.of(line)));
      if (chunk.length >= CHUNK) await send();
    }
    const ends = reader.end();
    await send();
    const { accountNo, lines, inboundFen, outboundFen, layout } = reader;
    port.postMessage({
      kind: 'end',
      summary: { accountNo, layout: layout?.name ?? '', lines, inboundFen, outboundFen, ...ends, sample },
    } satisfies ThreadMessage);
  } catch (error) {
    const refusal = error instanceof StatementRefusal ? error : new StatementRefusal('unreadable', null, error instanceof Error ? error.message : '');
    port.postMessage({ kind: 'refused', fault: refusal.fault, line: refusal.line, detail: refusal.detail, header: reader.header } satisfies ThreadMessage);
  }
  port.close();
}

/** A line as COPY's text format has it. */
function copied(line: StatementLine, key: string): string {
  const { row, on, at, direction, amountFen, balanceFen, partyName, partyAccountNo, partyBank, note, serialNo } = line;
  return `${row}\t${escaped(key)}\t${direction}\t${on}\t${at}\t${amountFen}\t${balanceFen}\t${escaped(partyName)}\t${escaped(partyAccountNo)}\t${escaped(partyBank)}\t${escaped(note)}\t${escaped(serialNo)}`;
}
const letters: Record<string, string> = { '\\': '\\\\', '\t': ' ', '\n': ' ', '\r': ' ', '\0': '' };
const escaped = (text: string) => (/[\\\t\n\r\0]/.test(text) ? text.replaceAll(/[\\\t\n\r\0]/g, (letter) => letters[letter] ?? '') : text);

if (parentPort) await main(parentPort, workerData as ThreadTask);
