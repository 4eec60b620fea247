// One side of the inbox benchmark: our application, or node:http with the same SQL and a literal.
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { openDb } from '../../db/connect.ts';
import { inboxCounts, inboxPage } from '../../db/inbox.ts';
import { unread } from '../../db/notifications.ts';
import { preferencesOf, savedViews } from '../../db/preferences.ts';
import { readSession } from '../../db/sessions.ts';
import { loadSettings } from '../../stack/settings.ts';
import { makeApp } from '../../web/app.ts';
import { PAGE } from '../../web/inbox/rows.ts';
import { Live } from '../../web/live/hub.ts';
import { Metrics } from '../../web/metrics/metrics.ts';

const { BENCH_MODE, BENCH_DB = '', BENCH_TEMPORAL = '', BENCH_COOKIE = '' } = process.env;
const db = openDb(BENCH_DB, 20);
const PAYLOAD_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`;

function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(address && typeof address === 'object' ? address.port : '');
  });
}

if (BENCH_MODE === 'ours') {
  const settings = loadSettings({
    ...process.env,
    DATABASE_URL: BENCH_DB,
    TEMPORAL_ADDRESS: BENCH_TEMPORAL,
    PAYLOAD_KEYS,
    SESSION_SECRET: 'x'.repeat(40),
    TERMINAL_KEY_SECRET: 'x'.repeat(40),
  });
  const temporal = new Client({ connection: Connection.lazy({ address: BENCH_TEMPORAL }) });
  const live = new Live(db);
  listen(
    createServer(
      makeApp({ db, temporal, settings, live, exchange: { ready: async () => undefined }, metrics: new Metrics(db, live), closing: { now: false } }),
    ),
  );
} else {
  const idHash = createHash('sha256').update(BENCH_COOKIE).digest('hex');
  const literal = Buffer.from(`<!doctype html><p>${'待办'.repeat(50)}`);
  listen(
    createServer(async (_req, res) => {
      const signedIn = await readSession(db, idHash, true);
      if (!signedIn) return void res.writeHead(303).end();
      const { actor } = signedIn;
      const [rows] = await Promise.all([
        inboxPage(db, actor, { tab: 'mine' }, PAGE + 1),
        inboxCounts(db, actor, {}),
        savedViews(db, actor.code),
        preferencesOf(db, actor.code),
        unread(db, actor.code),
      ]);
      res.writeHead(rows.length > 0 ? 200 : 500, { 'Content-Type': 'text/html' }).end(literal);
    }),
  );
}
