// The lanes of 联机业务 in a thread of their own: reading, deciding and writing a batch never waits behind HTTP and signatures, which the web's main thread does meanwhile.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { LanesFull } from '../../db/lanes.ts';
import type { Answered, Incoming } from '../../db/online.ts';
import type { OnlineLanes } from '../../db/online-lanes.ts';
import { openLanesHere } from './lanes.ts';

/** What is asked, as JSON of many at once, or of none, which is answered with none; `null` asks it to end. */
export type Asked = [no: number, incoming: Incoming][];
/** What became of each, as JSON of many at once. */
export type Told = ({ no: number; answer: Answered } | { no: number; full: boolean; message: string; stack: string; code?: string })[];

function serve(port: MessagePort, lanes: OnlineLanes): void {
  let told: Told = [];
  const tell = (one: Told[number]) => {
    if (told.push(one) > 1) return;
    // A batch is answered at once: one message for all of it.
    setImmediate(() => {
      port.postMessage(JSON.stringify(told));
      told = [];
    });
  };
  port.on('message', (text: string | null) => {
    if (text === null) return void lanes.close().finally(() => process.exit(0));
    const asked = JSON.parse(text) as Asked;
    if (asked.length === 0) port.postMessage(text);
    for (const [no, incoming] of asked)
      lanes.take(incoming).then(
        (answer) => tell({ no, answer }),
        (error: Error & { code?: string }) =>
          tell({ no, full: error instanceof LanesFull, message: error.message, stack: error.stack ?? '', ...(error.code && { code: error.code }) }),
      );
  });
}

if (parentPort) serve(parentPort, openLanesHere((workerData as { url: string }).url));
