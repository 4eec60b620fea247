// The stream of news: who is told, how a broken stream goes on, how many a session may have, and when it ends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { check001, command, opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';
import { openSite, type Person, type Site } from './site.ts';

let world: World;
let site: Site;
const { start, tell, written } = storiesOf(() => world);
before(async () => {
  world = await openWorld();
  site = await openSite(world);
  await world.work();
});
after(async () => {
  await site.close();
  await world.close();
});

interface Heard {
  events: string[];
  lastId: string;
  ended: boolean;
  leave(): void;
}

/** Opens a stream as a page does, and keeps what it hears. */
async function hear(person: Person, lastEventId?: string, since = ''): Promise<Heard> {
  const stop = new AbortController();
  const headers = { cookie: person.cookieHeader, ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }) };
  const answer = await fetch(`${person.base}/events${since}`, { headers, signal: stop.signal });
  assert.equal(answer.status, 200);
  const heard: Heard = { events: [], lastId: '', ended: false, leave: () => stop.abort() };
  const decoder = new TextDecoder();
  const read = async () => {
    for await (const chunk of answer.body ?? []) {
      for (const [, event] of decoder.decode(chunk).matchAll(/event: (\w+)/g)) heard.events.push(event ?? '');
      heard.lastId = /id: (\d+)/.exec(decoder.decode(chunk))?.[1] ?? heard.lastId;
    }
    heard.ended = true;
  };
  void read().catch(() => undefined);
  return heard;
}

async function soon(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (holds()) return;
    await pause(50);
  }
  assert.fail(what);
}

async function submitted(): Promise<string> {
  const { workflowId } = await start(opening());
  await written(workflowId);
  return workflowId;
}

test('reviewers and the maker hear of a submission and of its decision, others hear nothing', async () => {
  const [check, maker, other] = [
    await hear(await site.signIn('check001')),
    await hear(await site.signIn('clerk001')),
    await hear(await site.signIn('finance1')),
  ];
  const no = await submitted();
  await soon('the reviewer hears of it', () => check.events.includes('changed'));
  await soon('the maker hears of it', () => maker.events.includes('changed'));
  check.events.length = 0;
  await tell(world.client.workflow.getHandle(no), 'decide', command('approve', check001, 1));
  await soon('the group it waited for hears that it is decided', () => check.events.includes('changed'));
  await pause(300);
  assert.deepEqual(other.events, []);
  for (const one of [check, maker, other]) one.leave();
});

test('a stream that broke off hears at once of what it missed; one that missed nothing hears nothing', async () => {
  const person = await site.signIn('check001');
  const first = await hear(person);
  await submitted();
  await soon('told', () => first.events.includes('changed'));
  first.leave();
  await submitted();
  const second = await hear(person, first.lastId);
  await soon('told what it missed', () => second.events.includes('changed'));
  second.leave();
  await world.db.execute(sql`delete from outbox`);
  await world.db.execute(sql`insert into outbox (request_no, groups, people) values ('x', '{04}', '{}')`);
  const third = await hear(person, second.lastId);
  await pause(600);
  assert.deepEqual(third.events, []);
  third.leave();
});

test('a session has at most four streams: the oldest gives way, as with ten tabs', async () => {
  const person = await site.signIn('check002');
  const streams: Heard[] = [];
  for (let i = 0; i < 10; i++) streams.push(await hear(person));
  await soon('six have ended', () => streams.filter((one) => one.ended).length === 6);
  assert.deepEqual(
    streams.map((one) => one.events.includes('ended')),
    [...Array<boolean>(6).fill(true), ...Array<boolean>(4).fill(false)],
  );
  await submitted();
  await soon('the four that are left hear', () => streams.slice(6).every((one) => one.events.includes('changed')));
  for (const one of streams) one.leave();
});

test('signing out ends the streams of that session, and only those', async () => {
  const [here, there] = [await site.signIn('check001'), await site.signIn('check001')];
  const [mine, other] = [await hear(here), await hear(there)];
  await here.post('/sign-out');
  await soon('ended', () => mine.ended);
  assert.deepEqual([mine.events.at(-1), other.ended], ['ended', false]);
  assert.equal((await fetch(`${site.base}/events`, { headers: { cookie: here.cookieHeader, 'X-Background': '1' } })).status, 401);
  other.leave();
});

test('a stream is no activity: a session that idles out does not live on because a page listens', async () => {
  const person = await site.signIn('check001');
  const stream = await hear(person);
  await world.db.execute(sql`update session set active_at = now() - interval '14 min' where ended_at is null`);
  await submitted();
  await soon('told', () => stream.events.includes('changed'));
  await world.db.execute(sql`update session set active_at = active_at - interval '2 min' where ended_at is null`);
  assert.equal((await person.get('/inbox/rows', { 'X-Background': '1' })).status, 401);
  stream.leave();
});

test('the connection that listens is cut: it is made anew, every page looks again, and later news arrive', async () => {
  const check = await hear(await site.signIn('check001'));
  await pause(200);
  await world.asOwner(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'zhangfang news' and datname = current_database()`);
  await soon('told to look again', () => check.events.includes('changed'));
  check.events.length = 0;
  await pause(2500);
  await submitted();
  await soon('told of what came later', () => check.events.includes('changed'));
  check.leave();
});

test('what happened between a page and its stream is told; an older page is told to look again, and what is no moment is passed over', async () => {
  const [check, other] = [await site.signIn('check001'), await site.signIn('finance1')];
  const { html } = await check.get('/inbox');
  const since = /hx-sse:connect="\/events(\?since=\d+)"/.exec(html)?.[1] ?? '';
  assert.notEqual(since, '');
  await submitted();
  const heard = await hear(check, undefined, since);
  await soon('the reviewer hears of it', () => heard.events.includes('changed'));
  const old = await hear(check, undefined, `?since=${Date.now() - 7_200_000}`);
  await soon('a page of two hours ago looks again', () => old.events.includes('changed'));
  const unconcerned = await hear(other, undefined, since);
  const nonsense = await hear(check, undefined, '?since=yesterday');
  const fresh = await hear(check, undefined, `?since=${Date.now() + 60_000}`);
  await pause(1500);
  assert.deepEqual([unconcerned.events, nonsense.events, fresh.events], [[], [], []]);
  for (const one of [heard, old, unconcerned, nonsense, fresh]) one.leave();
});
