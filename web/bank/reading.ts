// Reads a statement in a thread of its own, with limits of time and memory, so that no file can stop the web.
import { startThread } from '../thread.ts';
import type { Chunk, Summary, ThreadMessage, ThreadTask } from './reader-thread.ts';
import { StatementRefusal } from './statement.ts';

const TIME_MS = 180_000;
const MEMORY_MB = 160;

/** A refusal that also tells the words it looked through, for a mapping. */
export class UnreadStatement extends StatementRefusal {
  readonly header: string[];
  constructor({ fault, line, detail, header }: Extract<ThreadMessage, { kind: 'refused' }>) {
    super(fault, line, detail);
    this.header = header;
  }
}

/** Reads it whole; `each` gets chunks for COPY and is waited for. Throws StatementRefusal. */
export function readStatement(task: Omit<ThreadTask, 'whole'>, each?: (chunk: Chunk) => Promise<void>): Promise<Summary> {
  return new Promise((resolve, reject) => {
    const worker = startThread(new URL('./reader-thread', import.meta.url), {
      workerData: { ...task, whole: each !== undefined } satisfies ThreadTask,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 32 },
    });
    const end = (finish: () => void) => {
      clearTimeout(timer);
      finish();
      void worker.terminate();
    };
    const timer = setTimeout(() => end(() => reject(new StatementRefusal('too_slow'))), TIME_MS);
    // Chunks are taken one after the other, and its last word counts once all are taken.
    let taken: Promise<unknown> = Promise.resolve();
    let said = false;
    worker.on('message', (message: ThreadMessage) => {
      said ||= message.kind !== 'chunk';
      taken = taken.then(() => {
        if (message.kind === 'end') return end(() => resolve(message.summary));
        if (message.kind === 'refused') return end(() => reject(new UnreadStatement(message)));
        return each?.(message).then(() => worker.postMessage('taken'));
      });
      taken.catch((error) => end(() => reject(error)));
    });
    worker.once('error', (error: Error & { code?: string }) =>
      end(() => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new StatementRefusal('too_large') : error)),
    );
    worker.once('exit', () => said || end(() => reject(new StatementRefusal('unreadable'))));
  });
}
