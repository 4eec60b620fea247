// Secrets of the demo are made once and kept under DATA_DIR; in production they come from the environment only.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, portAnswers } from './child.ts';

export interface Kept {
  SESSION_SECRET: string;
  PAYLOAD_KEYS: string;
  TERMINAL_KEY_SECRET: string;
  postgresPassword: string;
  /** Of the role that the processes work as. */
  appPassword: string;
  ports: { postgres: number; temporal: number; temporalUi: number; temporalHttp: number };
}

/** What an installation keeps between starts; made at the first one. */
export async function keptIn(dataDir: string): Promise<Kept> {
  const file = join(dataDir, 'kept.json');
  const secret = () => randomBytes(32).toString('base64url');
  if (existsSync(file)) {
    // An installation of before has no password of its own for the role yet.
    const kept = { appPassword: secret(), ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<Kept, 'appPassword'>) } as Kept;
    save(file, kept);
    return kept;
  }
  const [postgres, temporal, temporalUi, temporalHttp] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const kept: Kept = {
    SESSION_SECRET: secret(),
    PAYLOAD_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    TERMINAL_KEY_SECRET: secret(),
    postgresPassword: secret(),
    appPassword: secret(),
    ports: { postgres, temporal, temporalUi, temporalHttp },
  };
  mkdirSync(dataDir, { recursive: true });
  save(file, kept);
  return kept;
}

/** Another program may have taken a port since: such ports are chosen anew, once everything of ours has been stopped. */
export async function withFreePorts(dataDir: string, kept: Kept): Promise<Kept> {
  const ports = { ...kept.ports };
  for (const name of Object.keys(ports) as (keyof Kept['ports'])[]) if (await portAnswers(ports[name])) ports[name] = await freePort();
  const now = { ...kept, ports };
  save(join(dataDir, 'kept.json'), now);
  return now;
}

function save(file: string, kept: Kept): void {
  writeFileSync(file, JSON.stringify(kept, null, 1), { mode: 0o600 });
}
