// The web process.
import { createServer, type RequestListener, type Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { assertDurable, closeDb, openDb } from '../db/connect.ts';
import { dataConverter } from '../stack/codec.ts';
import { log } from '../stack/log.ts';
import { loadSettings, type Settings } from '../stack/settings.ts';
import { makeApp } from './app.ts';
import { Live } from './live/hub.ts';
import { Metrics } from './metrics/metrics.ts';
import { openExchangeApart } from './terminal/apart.ts';
import { PREFIX } from './terminal/mac.ts';
import { Terminals, type Trusts } from './terminal/server.ts';

export interface Web {
  port: number;
  /** Says that it is not ready for `drainMs`, then finishes what is under way. */
  close(drainMs?: number): Promise<void>;
}

/** Terminals are answered before Express sees anything. */
export const serverOf = (app: RequestListener, terminals: Terminals): Server =>
  createServer((req, res) => (req.url?.startsWith(PREFIX) ? void terminals.handle(req, res) : app(req, res)));

/** Each step of closing may take so long before it is told, and twice as long before the next begins. */
const CLOSE_MS = 6000;

/** Opens the pool and a lazy Temporal connection (the web lives without Temporal, and says so), and listens. */
export async function startWeb(settings: Settings): Promise<Web> {
  const db = openDb(settings.DATABASE_URL, 20);
  if (settings.NODE_ENV === 'production') await assertDurable(db);
  const connection = Connection.lazy({ address: settings.TEMPORAL_ADDRESS });
  const temporal = new Client({ connection, namespace: settings.TEMPORAL_NAMESPACE, dataConverter: dataConverter(settings.PAYLOAD_KEYS) });
  const live = new Live(db);
  live.open(settings.DATABASE_URL);
  const closing = { now: false };
  const exchange = openExchangeApart(settings.DATABASE_URL, settings.TERMINAL_KEY_SECRET);
  const app = makeApp({ db, temporal, settings, live, exchange, metrics: new Metrics(db, live), closing });
  const server = serverOf(app, new Terminals(exchange, app.get('trust proxy fn') as Trusts));
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(settings.PORT, settings.HOST, resolve));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : settings.PORT;
  return {
    port,
    async close(drainMs = 0) {
      // A balancer sees that this web is not ready and sends nothing more, then what is under way is finished.
      closing.now = true;
      await pause(drainMs);
      const requests = () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
          setTimeout(() => server.closeAllConnections(), 5000).unref();
        });
      // Temporal's client last: a call that it tries again after its close ends the process.
      const steps = { live: () => live.close(), requests, exchange: () => exchange.close(), database: () => closeDb(db), temporal: () => connection.close() };
      for (const [name, step] of Object.entries(steps)) {
        const late = setTimeout(() => log.error({ step: name }, 'closing takes long'), CLOSE_MS);
        await Promise.race([step(), pause(2 * CLOSE_MS, undefined, { ref: false })]);
        clearTimeout(late);
      }
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const settings = loadSettings();
  const web = await startWeb(settings);
  log.info({ port: web.port }, 'web ready');
  const end = () => void web.close(settings.DRAIN_SECONDS * 1000).then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end);
}
