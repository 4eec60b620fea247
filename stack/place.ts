// Where an installation that `npm start` made keeps its servers: the environment that its processes, and tools beside them, run with.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { postgresUrl } from './postgres.ts';
import type { Kept } from './secrets.ts';

/** Settings of the embedded servers under DATA_DIR, for what the environment does not name itself. */
export function stackEnv(): NodeJS.ProcessEnv {
  const dataDir = resolve(process.env.DATA_DIR || '.data');
  const file = join(dataDir, 'kept.json');
  if (!existsSync(file)) return {};
  return envOf(dataDir, JSON.parse(readFileSync(file, 'utf8')) as Kept);
}

export function envOf(dataDir: string, kept: Kept): NodeJS.ProcessEnv {
  const { SESSION_SECRET, PAYLOAD_KEYS, TERMINAL_KEY_SECRET, ports, postgresPassword, appPassword } = kept;
  const dir = join(dataDir, 'postgres');
  const given = (name: string) => (process.env[name] && process.env[name] !== 'embedded' ? process.env[name] : undefined);
  return {
    SESSION_SECRET: given('SESSION_SECRET') ?? SESSION_SECRET,
    PAYLOAD_KEYS: given('PAYLOAD_KEYS') ?? PAYLOAD_KEYS,
    TERMINAL_KEY_SECRET: given('TERMINAL_KEY_SECRET') ?? TERMINAL_KEY_SECRET,
    DATA_DIR: dataDir,
    DATABASE_URL: given('DATABASE_URL') ?? postgresUrl({ dir, port: ports.postgres, password: appPassword }, 'zhangfang', 'zhangfang_app'),
    ...(given('DATABASE_URL') ? {} : { DATABASE_OWNER_URL: postgresUrl({ dir, port: ports.postgres, password: postgresPassword }) }),
    TEMPORAL_ADDRESS: given('TEMPORAL_ADDRESS') ?? `127.0.0.1:${ports.temporal}`,
    TEMPORAL_NAMESPACE: given('TEMPORAL_NAMESPACE') ?? 'backoffice',
    TEMPORAL_UI_ORIGIN: given('TEMPORAL_UI_ORIGIN') ?? `http://127.0.0.1:${ports.temporalUi}`,
  };
}
