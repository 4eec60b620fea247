// The settings of every process: one schema, read from the environment, listed in the README (a test compares the two).
import { z } from 'zod';

const onOff = z.enum(['on', 'off']);

export const settingsSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development').describe('`production` turns every demo convenience off'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000).describe('port of the web'),
  HOST: z.string().default('127.0.0.1').describe('address the web listens on'),
  TRUST_PROXY: z.string().default('loopback').describe('whose `X-Forwarded-For` is believed: `loopback`, `uniquelocal`, or addresses'),
  DATA_DIR: z.string().default('.data').describe('what the embedded servers keep, and the attachments'),
  DATABASE_URL: z.string().default('embedded').describe('PostgreSQL 15 or newer; `embedded` starts one'),
  DATABASE_OWNER_URL: z.string().default('').describe('who migrates, where that is another than the one the processes work as'),
  TEMPORAL_ADDRESS: z.string().default('embedded').describe('host:port of Temporal; `embedded` starts one'),
  TEMPORAL_NAMESPACE: z.string().default('backoffice').describe('Temporal namespace'),
  TEMPORAL_UI_ORIGIN: z.string().default('').describe("origin of Temporal's own UI, which may ask the codec endpoint; set in demo"),
  TEMPORAL_TASK_QUEUE: z.string().default('backoffice').describe('task queue of the workers'),
  LOGIN_CAPTCHA: onOff.default('on').describe('`off` only outside production'),
  DEMO: z.enum(['on', 'accounts', 'off']).optional().describe('demo accounts and data, or the accounts alone; on outside production'),
  PAYLOAD_KEYS: z.string().optional().describe('`id:base64` AES-256 keys of workflow payloads, comma separated, first one encrypts; made in demo'),
  SESSION_SECRET: z.string().optional().describe('secret of form tokens; made in demo'),
  TERMINAL_KEY_SECRET: z.string().optional().describe('secret that terminal keys and one-time codes are stored under; made in demo'),
  WORKFLOW_CACHE: z.coerce.number().int().min(0).default(600).describe('workflows a worker keeps in memory'),
  DRAIN_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(0)
    .describe('how long a web that is told to stop says so on `/readyz` before it closes; behind a balancer longer than its check'),
  METRICS_TOKEN: z.string().optional().describe('bearer token that `/metrics` asks for; without one it answers this machine only'),
  WORKER_METRICS: z.string().default('').describe('host:port on which a worker shows its metrics; empty: nowhere'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('least level that is logged'),
  CRASH_POINTS: onOff.default('off').describe('lets a drill kill a process at a named point; never in production'),
});

export type Settings = z.output<typeof settingsSchema> & {
  DEMO: 'on' | 'accounts' | 'off';
  PAYLOAD_KEYS: string;
  SESSION_SECRET: string;
  TERMINAL_KEY_SECRET: string;
};

/** Reads the environment; throws with every fault named when it does not fit. Secrets must be present (the supervisor makes them in demo). */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = settingsSchema.safeParse(given);
  if (!read.success) throw new Error(`settings: ${read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`);
  const settings = read.data;
  const production = settings.NODE_ENV === 'production';
  const { PAYLOAD_KEYS, SESSION_SECRET, TERMINAL_KEY_SECRET } = settings;
  const faults: string[] = [];
  if (!PAYLOAD_KEYS) faults.push('PAYLOAD_KEYS is missing');
  for (const [name, secret] of Object.entries({ SESSION_SECRET, TERMINAL_KEY_SECRET }))
    if (!secret || secret.length < 32) faults.push(`${name} is missing or shorter than 32 characters`);
  const DEMO = settings.DEMO ?? (production ? 'off' : 'on');
  if (production) {
    if (DEMO !== 'off') faults.push('DEMO must be off in production');
    if (settings.LOGIN_CAPTCHA === 'off') faults.push('LOGIN_CAPTCHA must be on in production');
    if (settings.CRASH_POINTS === 'on') faults.push('CRASH_POINTS must be off in production');
    if (/demo/i.test(`${PAYLOAD_KEYS}${SESSION_SECRET}${TERMINAL_KEY_SECRET}`)) faults.push('demo secrets must not be used in production');
  }
  if (faults.length > 0 || !PAYLOAD_KEYS || !SESSION_SECRET || !TERMINAL_KEY_SECRET) throw new Error(`settings: ${faults.join('; ')}`);
  return { ...settings, DEMO, PAYLOAD_KEYS, SESSION_SECRET, TERMINAL_KEY_SECRET };
}
