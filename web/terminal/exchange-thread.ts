// The exchange in a thread of its own: nothing that a message needs but HTTP is done in the web's main thread, and no batch waits behind that.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { closeDb, openDb } from '../../db/connect.ts';
import { LanesFull } from '../../db/lanes.ts';
import { type Answer, type Exchange, openExchange, type Received } from './exchange.ts';

/** What is asked, as JSON of many at once, or of none, which is answered with none; `null` asks it to end. */
export type Asked = [no: number, received: Received][];
/** What became of each, as JSON of many at once. */
export type Told = ({ no: number; answer: Answer } | { no: number; full: boolean; message: string; stack: string; code?: string })[];
export interface Given {
  url: string;
  secret: string;
}

function serve(port: MessagePort, exchange: Exchange, close: () => Promise<void>): void {
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
    if (text === null) return void close().finally(() => process.exit(0));
    const asked = JSON.parse(text) as Asked;
    if (asked.length === 0) port.postMessage(text);
    for (const [no, received] of asked)
      exchange.take(received).then(
        (answer) => tell({ no, answer }),
        (error: Error & { code?: string }) =>
          tell({ no, full: error instanceof LanesFull, message: error.message, stack: error.stack ?? '', ...(error.code && { code: error.code }) }),
      );
  });
}

if (parentPort) {
  const { url, secret } = workerData as Given;
  const db = openDb(url);
  const exchange = openExchange(db, url, secret);
  serve(parentPort, exchange, () => exchange.close().finally(() => closeDb(db)));
}
