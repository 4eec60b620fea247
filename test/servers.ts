// Real servers for a test run, on random ports, in a folder of their own: PostgreSQL and Temporal with a namespace for each test file.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../db/migrate.ts';
import { bornAt, freePort, stop } from '../stack/child.ts';
import { postgresUrl, startPostgres } from '../stack/postgres.ts';
import { findTemporal, startTemporal } from '../stack/temporal.ts';

const NAMESPACES = 48;
export const namespaceName = (n: number) => `t${String(n).padStart(2, '0')}`;

export interface Servers {
  env: { TEST_PG: string; TEST_TEMPORAL: string; TEST_DIR: string };
  close(): Promise<void>;
}

/** Starts both; `TEST_PG` names a migrated database that test files copy. */
export async function startServers(say: (line: string) => void, namespaces = NAMESPACES, postgres = ['fsync=off']): Promise<Servers> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryServers(say, namespaces, postgres);
    } catch (error) {
      // A port that was free a moment ago may have been taken since.
      if (tries === 3) throw error;
      say(`${error instanceof Error ? error.message : error}; trying again`);
    }
  }
}

async function tryServers(say: (line: string) => void, namespaces: number, postgres: string[]): Promise<Servers> {
  const dir = mkdtempSync(join(tmpdir(), 'zhangfang-test-'));
  const [pgPort, port, uiPort, httpPort] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const place = { dir: join(dir, 'pg'), port: pgPort, password: 'test', logFile: join(dir, 'postgres.log'), options: [...postgres, 'max_connections=300'] };
  const started: ChildProcess[] = [];
  const close = async () => {
    for (const child of started) {
      const born = child.pid ? bornAt(child.pid) : null;
      if (child.pid && born) await stop({ pid: child.pid, born }, 'SIGINT', 8000);
    }
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const program = await findTemporal(say);
    const names = Array.from({ length: namespaces }, (_, i) => ['-n', namespaceName(i)]).flat();
    const kinds = ['RequestKind=Keyword', 'RequestState=Keyword', 'MerchantNo=Keyword', 'Maker=Keyword', 'AmountFen=Int'].flatMap((pair) => [
      '--search-attribute',
      pair,
    ]);
    const temporal = { program, dbFile: join(dir, 'temporal.db'), port, uiPort, httpPort, logFile: join(dir, 'temporal.log'), options: [...names, ...kinds] };
    // Each is waited for, so that the one that came up can be stopped where the other did not.
    const both = [startPostgres(place), startTemporal(temporal)].map((starting) => starting.then((child) => void started.push(child)));
    for (const result of await Promise.allSettled(both)) if (result.status === 'rejected') throw result.reason;
    await migrate(postgresUrl(place));
    return { env: { TEST_PG: postgresUrl(place), TEST_TEMPORAL: `127.0.0.1:${port}`, TEST_DIR: dir }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
