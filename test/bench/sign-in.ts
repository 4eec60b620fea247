// Signing in under load: a page beside 20 sign-ins a second, and a thief who tries 1,000 accounts while real people come to work.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { hash } from '@node-rs/argon2';
import { eq, sql } from 'drizzle-orm';
import { captcha } from '../../db/schema.ts';
import { DEMO_PASSWORD } from '../../stack/demo.ts';
import { opening, seedCast } from '../cast.ts';
import { startServers } from '../servers.ts';
import { storiesOf } from '../stories.ts';
import { hidden, Person, signInAt } from '../web/site.ts';
import type { World } from '../world.ts';
import { closedLoop, median, openLoop, percentile, show } from './measure.ts';
import { startWeb } from './web-process.ts';

const ROUNDS = 3;
const PAGES_PER_SECOND = 20;
const SIGN_INS_PER_SECOND = 20;
const SECONDS = 10;
const ACCOUNTS = 1000;
const GUESSES = 6;

export async function benchSignIn(): Promise<void> {
  const servers = await startServers(console.log, 1, ['synchronous_commit=on']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  await seedCast(world.db);
  await world.work();
  try {
    await pagesBesideSignIns(world);
    await spraying(world);
  } finally {
    await world.close();
    await servers.close();
  }
}

async function pagesBesideSignIns(world: World): Promise<void> {
  const web = await startWeb(world);
  try {
    const { start, written } = storiesOf(() => world);
    for (let i = 0; i < 40; i++) await written((await start(opening())).workflowId);
    const reviewer = await signInAt(web.base, 'check001');
    const visitor = new Person(web.base);
    await visitor.get('/sign-in');
    const look = async () => assert.equal((await reviewer.get('/inbox')).status, 200);
    // Somebody who has opened the page and not signed in yet.
    const signIn = async () => {
      const person = new Person(web.base);
      for (const [name, value] of visitor.cookies) person.cookies.set(name, value);
      person.token = visitor.token;
      assert.equal((await person.post('/sign-in', { account: 'check002', password: DEMO_PASSWORD, next: '/' })).status, 303);
    };
    await openLoop(PAGES_PER_SECOND, 3, look);
    await openLoop(SIGN_INS_PER_SECOND, 3, signIn);
    const idle: number[] = [];
    const beside: number[] = [];
    const entering: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      idle.push(...(await openLoop(PAGES_PER_SECOND, SECONDS, look)));
      const [pages, signIns] = await Promise.all([openLoop(PAGES_PER_SECOND, SECONDS, look), openLoop(SIGN_INS_PER_SECOND, SECONDS, signIn)]);
      beside.push(...pages);
      entering.push(...signIns);
    }
    const ratio = percentile(beside, 95) / percentile(idle, 95);
    console.log(
      `待办 at ${PAGES_PER_SECOND}/s: idle p50 ${show(median(idle))}, p95 ${show(percentile(idle, 95))}; beside ${SIGN_INS_PER_SECOND} sign-ins/s p50 ${show(median(beside))}, p95 ${show(percentile(beside, 95))}: ratio ${ratio.toFixed(2)} (asked: ≤ 2); a sign-in p50 ${show(median(entering))}, p95 ${show(percentile(entering, 95))}`,
    );
  } finally {
    web.process.kill('SIGTERM');
  }
}

/** The captcha is read from its table: every guess solves it. */
async function guess(world: World, base: string, account: string, password: string, address: string): Promise<number> {
  const person = new Person(base);
  const { html } = await person.get('/sign-in');
  const captchaId = hidden(html, 'captchaId');
  const [row] = await world.db.select().from(captcha).where(eq(captcha.id, captchaId));
  const answer = await person.post('/sign-in', { account, password, next: '/', captchaId, captcha: row?.answer ?? '' }, { 'X-Forwarded-For': address });
  return answer.status;
}

async function spraying(world: World): Promise<void> {
  const passwordHash = await hash('Kastanien im Oktober');
  await world.db.execute(sql`insert into app_user (code, name, password_hash, must_change_password, status)
    select 'u' || lpad(n::text, 7, '0'), '某人', ${passwordHash}, false, 'active' from generate_series(1, ${ACCOUNTS}) n`);
  const web = await startWeb(world, { LOGIN_CAPTCHA: 'on' });
  const looked = new Map<string, number>();
  let refused = 0;
  let busy = 0;
  const real: number[] = [];
  let away = 0;
  let trying = true;
  const atWork = async () => {
    for (let n = 0; trying; n++) {
      const began = performance.now();
      const status = await guess(world, web.base, ['clerk001', 'check001', 'finance1', 'leader01'][n % 4] ?? '', DEMO_PASSWORD, '192.0.2.50');
      if (status === 303) real.push(performance.now() - began);
      else away += 1;
      await pause(1000);
    }
  };
  try {
    const people = atWork();
    const began = performance.now();
    await closedLoop(ACCOUNTS * GUESSES, 20, async (n) => {
      const account = `u${String((n % ACCOUNTS) + 1).padStart(7, '0')}`;
      const status = await guess(world, web.base, account, `guess ${n}`, '198.51.100.7');
      assert.notEqual(status, 303);
      if (status === 422) looked.set(account, (looked.get(account) ?? 0) + 1);
      else if (status === 429) refused += 1;
      else busy += 1;
    });
    const seconds = (performance.now() - began) / 1000;
    trying = false;
    await people;
    const most = Math.max(...looked.values());
    assert.ok(most <= 5);
    console.log(
      `${ACCOUNTS} accounts × ${GUESSES} guesses from one address in ${seconds.toFixed(0)} s, every captcha solved: at most ${most} looked at per account (asked: ≤ 5), ${refused} refused unseen, ${busy} sent away; real people meanwhile: ${real.length} of ${real.length + away} got in, p50 ${show(median(real))}, p95 ${show(percentile(real, 95))}`,
    );
  } finally {
    web.process.kill('SIGTERM');
  }
}
