// docker-compose.yml: it has the shape of a compose file, its images are pinned, its files exist, and its environment is one that production accepts.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { nodeFlags } from '../../stack/child.ts';
import { loadSettings, settingsSchema } from '../../stack/settings.ts';

const text = z.union([z.string(), z.number()]);
const condition = z.strictObject({ condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']) });
const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  restart: z.string().regex(/^(unless-stopped|always|no|on-failure(:\d+)?)$/),
  environment: z.record(z.string(), text).optional(),
  volumes: z.array(z.string().regex(/^[./\w-]+:\/[\w./-]+(:ro)?$/)).optional(),
  ports: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), condition).optional(),
  healthcheck: z.strictObject({ test: z.array(z.string()).min(2), interval: z.string(), timeout: z.string(), retries: z.number() }).optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  deploy: z.strictObject({ replicas: z.number().int().positive() }).optional(),
});
const compose = z.strictObject({ name: z.string(), 'x-office': z.unknown(), services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) });

const source = readFileSync('docker-compose.yml', 'utf8');
const { services, volumes } = compose.parse(parse(source, { merge: true }));

test('every image is pinned to a whole version', () => {
  for (const [name, { image }] of Object.entries(services)) assert.match(image, /^[\w./-]+:\d+\.\d+(\.\d+)?[\w.-]*$/, name);
});

test('what a service names is there: services, health checks to wait for, volumes and files', () => {
  for (const [name, one] of Object.entries(services)) {
    for (const [other, { condition: wanted }] of Object.entries(one.depends_on ?? {})) {
      assert.ok(services[other], `${name} waits for ${other}`);
      if (wanted === 'service_healthy') assert.ok(services[other]?.healthcheck, `${other} has a health check`);
    }
    for (const volume of one.volumes ?? []) {
      const place = volume.split(':')[0] ?? '';
      assert.ok(place.startsWith('./') ? existsSync(place) : Object.hasOwn(volumes, place), `${name}: ${place}`);
    }
  }
});

test('web and worker run twice, and stop slowly enough to finish what they have', () => {
  for (const name of ['web', 'worker']) {
    assert.equal(services[name]?.deploy?.replicas, 2);
    assert.equal(services[name]?.stop_grace_period, '30s');
  }
});

test('the environment names only settings that exist, and production accepts it once the secrets are given', () => {
  const given: Record<string, string> = {
    POSTGRES_PASSWORD: 'p',
    TEMPORAL_DB_PASSWORD: 't',
    PAYLOAD_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    SESSION_SECRET: 's'.repeat(40),
    TERMINAL_KEY_SECRET: 'k'.repeat(40),
    METRICS_TOKEN: 'm'.repeat(20),
  };
  const filled = (value: string) =>
    value.replaceAll(/\$\{(\w+)(?::?([-?])([^}]*))?\}/g, (_all, name: string, _sign, otherwise = '') => given[name] ?? otherwise);
  for (const name of ['web', 'worker', 'prepare']) {
    const environment = services[name]?.environment ?? {};
    for (const key of Object.keys(environment)) assert.ok(key in settingsSchema.shape, `${key} is a setting`);
    const env = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filled(String(value))]));
    const settings = loadSettings(env);
    assert.deepEqual([settings.NODE_ENV, settings.DEMO, settings.LOGIN_CAPTCHA, settings.CRASH_POINTS], ['production', 'off', 'on', 'off']);
    assert.throws(() => loadSettings({ ...env, SESSION_SECRET: '' }), /SESSION_SECRET/);
    assert.throws(() => loadSettings({ ...env, DEMO: 'on' }), /DEMO/);
  }
});

test('the commands start what the build makes', () => {
  const scripts = new Map([
    ['web', 'web/server.ts'],
    ['worker', 'activities/worker.ts'],
    ['prepare', 'stack/prepare.ts'],
  ]);
  for (const [name, file] of scripts) {
    assert.equal(services[name]?.command?.at(-1), `dist/${file.replace('.ts', '.js')}`);
    assert.ok(existsSync(file));
  }
  // As it runs from its sources, but for what depends on the processors of this machine.
  const flags = nodeFlags('web').slice(0, -2);
  assert.deepEqual(
    services.web?.command?.slice(1, -1),
    flags.filter((flag) => !flag.startsWith('--v8-pool-size')),
  );
});
