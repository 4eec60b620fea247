// What Temporal's own UI shows of a request, and the codec endpoint that makes it readable to auditors only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { auditEntries } from '../../db/audit.ts';
import { m1 } from '../cast.ts';
import { openWorld, type World } from '../world.ts';
import { freshForm, openSite, type Person, type Site, submitOpening } from './site.ts';

const UI = 'http://127.0.0.1:8233';
let world: World;
let site: Site;
let no: string;
before(async () => {
  world = await openWorld();
  site = await openSite(world, { TEMPORAL_UI_ORIGIN: UI });
  await world.work();
  no = await submitOpening(await site.signIn('clerk001'), freshForm());
});
after(async () => {
  await site.close();
  await world.close();
});

interface Wire {
  metadata: Record<string, string>;
  data: string;
}
const wire = (payload: { metadata?: Record<string, Uint8Array> | null; data?: Uint8Array | null }): Wire => ({
  metadata: Object.fromEntries(Object.entries(payload.metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  data: Buffer.from(payload.data ?? []).toString('base64'),
});

async function decode(person: Person, payloads: Wire[], headers: Record<string, string> = { Origin: UI }) {
  const response = await fetch(`${site.base}/codec/decode`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', cookie: person.cookieHeader, ...headers },
    body: JSON.stringify({ payloads }),
  });
  const text =
    response.status === 200 ? ((await response.json()) as { payloads: Wire[] }).payloads.map((one) => Buffer.from(one.data, 'base64').toString()) : [];
  return { status: response.status, text, headers: response.headers };
}

const input = async (): Promise<Wire> => {
  const { events } = await world.client.workflow.getHandle(no).fetchHistory();
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  assert.ok(payload);
  return wire(payload);
};

test('a request is found by its search attributes, which say nothing personal', async () => {
  const found: string[] = [];
  for (let i = 0; i < 60 && found.length === 0; i++) {
    for await (const one of world.client.workflow.list({
      query: `RequestKind = 'merchantOpening' and RequestState is null and ExecutionStatus = 'Running' and Maker = 'clerk001'`,
    }))
      found.push(one.workflowId);
    await pause(100);
  }
  assert.deepEqual(found, [no]);
  const { raw } = await world.client.workflow.getHandle(no).describe();
  const clear = JSON.stringify(raw.workflowExecutionInfo?.searchAttributes, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString() : value,
  );
  assert.ok(!clear.includes(m1.idCardNo) && !clear.includes('沈阳'));
});

test('everything else in the history is encrypted', async () => {
  const { events } = await world.client.workflow.getHandle(no).fetchHistory();
  const bytes = JSON.stringify(events, (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value));
  for (const secret of [m1.idCardNo, m1.merchantName, m1.contactMobile, '王录入']) assert.ok(!bytes.includes(secret), secret);
});

test('an auditor reads payloads, summary and details through the codec endpoint, and it is audited', async () => {
  const auditor = await site.signIn('audit001');
  const { status, text, headers } = await decode(auditor, [await input()]);
  assert.equal(status, 200);
  assert.equal(headers.get('access-control-allow-origin'), UI);
  assert.equal(JSON.parse(text[0] ?? '{}').data.idCardNo, m1.idCardNo);
  const { raw } = await world.client.workflow.getHandle(no).describe();
  const summary = raw.executionConfig?.userMetadata?.summary;
  assert.match((await decode(auditor, [wire(summary ?? {})])).text[0] ?? '', new RegExp(`商户开户 · ${no}`));
  const [entry] = await auditEntries(world.db, { action: 'codec.decode' }, 1);
  assert.equal(entry?.actorCode, 'audit001');
});

test('without the masking right personal fields stay masked; others are refused', async () => {
  await world.db.execute(sql`delete from group_right where group_code = '06' and function_code = 'reveal'`);
  const { text } = await decode(await site.signIn('audit001'), [await input()]);
  assert.equal(JSON.parse(text[0] ?? '{}').data.idCardNo, '1101••••••••002X');
  assert.equal((await decode(await site.signIn('clerk001'), [await input()])).status, 403);
  assert.equal((await decode(site.visit(), [await input()])).status, 303);
  assert.equal((await decode(await site.signIn('audit001'), [await input()], { Origin: 'https://evil.example' })).status, 403);
  assert.equal((await decode(await site.signIn('audit001'), [await input()], { 'X-Forwarded-For': '192.0.2.9' })).status, 403, 'loopback only');
  const asked = await fetch(`${site.base}/codec/decode`, { method: 'OPTIONS', headers: { Origin: UI, 'Access-Control-Request-Method': 'POST' } });
  assert.deepEqual([asked.status, asked.headers.get('access-control-allow-credentials')], [204, 'true']);
});

test('what cannot be opened is shown as forged, never as an error', async () => {
  const { text } = await decode(await site.signIn('audit001'), [
    { metadata: {}, data: 'eyJ9' },
    { metadata: { encoding: Buffer.from('binary/encrypted').toString('base64') }, data: 'AAAA' },
  ]);
  assert.deepEqual(text, ['{"forged":"plain"}', '{"forged":"unknown_key"}']);
});
