// The web process.
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { assertDurable, closeDb, openDb } from '../db/connect.ts';
import { dataConverter } from '../stack/codec.ts';
import { log } from '../stack/log.ts';
import { loadSettings, type Settings } from '../stack/settings.ts';
import { makeApp } from './app.ts';
import { Live } from './live/hub.ts';

export interface Web {
  port: number;
  close(): Promise<void>;
}

/** Opens the pool and a lazy Temporal connection (the web lives without Temporal, and says so), and listens. */
export async function startWeb(settings: Settings): Promise<Web> {
  const db = openDb(settings.DATABASE_URL, 20);
  if (settings.NODE_ENV === 'production') await assertDurable(db);
  const connection = Connection.lazy({ address: settings.TEMPORAL_ADDRESS });
  const temporal = new Client({ connection, namespace: settings.TEMPORAL_NAMESPACE, dataConverter: dataConverter(settings.PAYLOAD_KEYS) });
  const live = new Live(db);
  live.open(settings.DATABASE_URL);
  const app = makeApp({ db, temporal, settings, live });
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(settings.PORT, settings.HOST, (error?: Error) => (error ? reject(error) : resolve(listening)));
  });
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : settings.PORT;
  return {
    port,
    async close() {
      await live.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 5000).unref();
      });
      await connection.close();
      await closeDb(db);
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const web = await startWeb(loadSettings());
  log.info({ port: web.port }, 'web ready');
  const end = () => void web.close().then(() => process.exit(0));
  process.once('SIGTERM', end).once('SIGINT', end);
}
