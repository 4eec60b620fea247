// While PostgreSQL works on one batch of a lane, the next is decided as if the first stood, and sent behind it. It stands only where the first left what it was decided on.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Sql } from 'postgres';
import { until } from '../../stack/child.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { doorTo } from '../door.ts';
import { codes, countsHold, laneTo, nextNonce, purchase, type Till, tillOf } from '../lane.ts';
import { onlineStories } from '../online.ts';

const here = onlineStories({ over: () => here.booksHold() });
const { openShop, available } = here;

async function shopOf(fen: number, n: number): Promise<{ merchantNo: string; tills: Till[] }> {
  const { merchantNo, terminals } = await openShop(fen, n);
  return { merchantNo, tills: terminals.map((terminal) => tillOf(merchantNo, terminal.memory.terminalNo)) };
}
const openLane = (url = here.world.databaseUrl) => laneTo(url);

/** Holds the quota of a merchant, so that whatever is sent stays under way until it is let go; `change` happens with it. */
async function hold(merchantNo: string, change = sql``): Promise<{ letGo(): Promise<void> }> {
  const gate = new EventEmitter();
  const held = once(gate, 'held');
  const opened = once(gate, 'open');
  const over = here.world.db.transaction(async (tx) => {
    await tx.execute(sql`select fen from ledger_hold(array[${merchantNo}])`);
    if (change.queryChunks.length > 0) await tx.execute(change);
    gate.emit('held');
    await opened;
  });
  await held;
  return {
    async letGo() {
      gate.emit('open');
      await over;
    },
  };
}

test('two batches are under way at once, the second on what the first leaves', async () => {
  const { merchantNo, tills } = await shopOf(10_000, 2);
  const [first, second] = tills as [Till, Till];
  const lane = openLane();
  await lane.busy(tills);
  const left = (await available(merchantNo)) ?? 0;
  const before = lane.from.length;
  const held = await hold(merchantNo);
  const earlier = lane.many([purchase(first, left - 250)]);
  await turn();
  const later = lane.many([purchase(second, 200), purchase(second, 100)]);
  await pause(50);
  assert.deepEqual(lane.from.slice(before), ['memory', 'memory'], 'both are decided and neither is answered');
  await held.letGo();
  assert.deepEqual(codes([...(await earlier), ...(await later)]), ['00', '00', '51']);
  assert.deepEqual(
    [...(await earlier), ...(await later)].map(({ body }) => JSON.parse(body).availableFen),
    [250, 50, null],
  );
  assert.equal(lane.from.length - before, 2, 'as they were decided');
  assert.equal(await available(merchantNo), 50);
  await countsHold(here.world, merchantNo);
});

test('another web came before both: each is decided anew, once, and the quota is exact', async () => {
  const { merchantNo, tills } = await shopOf(100_000, 2);
  const [mine, theirs] = tills as [Till, Till];
  const [lane, other] = [openLane(), openLane()];
  assert.equal((await other.take(purchase(theirs))).code, '00', 'it is connected');
  await lane.busy([mine]);
  const left = (await available(merchantNo)) ?? 0;
  const before = lane.from.length;
  const held = await hold(merchantNo);
  const taken = other.take(purchase(theirs, 10_000));
  await until('the other web', async () => (await here.world.db.execute(sql`select from pg_locks where not granted`)).length > 0, 5000);
  const earlier = lane.many([purchase(mine, 200), purchase(mine, 300)]);
  await turn();
  const later = lane.many([purchase(mine, 400)]);
  await pause(100);
  assert.deepEqual(lane.from.slice(before), ['memory', 'memory']);
  await held.letGo();
  const answers = [await taken, ...(await earlier), ...(await later)];
  assert.deepEqual(codes(answers), ['00', '00', '00', '00']);
  assert.deepEqual(
    answers.map(({ body }) => left - JSON.parse(body).availableFen),
    [10_000, 10_200, 10_500, 10_900],
    'each tells what is left after it',
  );
  assert.equal(await available(merchantNo), left - 10_900);
  await countsHold(here.world, merchantNo);
});

test('another web posts just what the first of two batches would have: the second does not take it for that', async () => {
  const { merchantNo, tills } = await shopOf(100_000, 2);
  const [mine, theirs] = tills as [Till, Till];
  const [lane, other] = [openLane(), openLane()];
  assert.equal((await other.take(purchase(theirs))).code, '00', 'it is connected');
  await lane.busy([mine, theirs]);
  const left = (await available(merchantNo)) ?? 0;
  const before = lane.from.length;
  const held = await hold(merchantNo);
  const taken = other.take(purchase(theirs, 700));
  await until('the other web', async () => (await here.world.db.execute(sql`select from pg_locks where not granted`)).length > 0, 5000);
  const earlier = lane.take(purchase(mine, 700));
  await turn();
  const later = lane.take(purchase(theirs, 700));
  await pause(100);
  assert.deepEqual(lane.from.slice(before), ['memory', 'memory']);
  await held.letGo();
  assert.deepEqual(codes([await taken, await earlier, await later]), ['00', '00', '00']);
  assert.equal(await available(merchantNo), left - 2100);
  await countsHold(here.world, merchantNo);
});

test('the office bars a terminal while two batches are under way: its own does not stand, and that of another merchant does', async () => {
  const [barred, free] = [await shopOf(50_000, 1), await shopOf(50_000, 1)];
  const [till, neighbour] = [barred.tills[0], free.tills[0]] as [Till, Till];
  const lane = openLane();
  await lane.busy([till, neighbour]);
  const before = [await available(barred.merchantNo), await available(free.merchantNo)];
  const began = lane.from.length;
  const held = await hold(barred.merchantNo, sql`update terminal set permitted = '{void}' where terminal_no = ${till.terminalNo}`);
  const earlier = lane.many([purchase(till), purchase(till)]);
  await turn();
  const later = lane.many([purchase(neighbour)]);
  await pause(50);
  await held.letGo();
  assert.deepEqual(codes([...(await earlier), ...(await later)]), ['58', '58', '00']);
  assert.deepEqual(lane.from.slice(began), ['memory', 'memory', 'tables']);
  assert.deepEqual([await available(barred.merchantNo), await available(free.merchantNo)], [before[0], (before[1] ?? 0) - 100]);
});

test('the same number, and the same nonce, in both of two batches', async () => {
  const { merchantNo, tills } = await shopOf(50_000, 1);
  const [till] = tills as [Till];
  const lane = openLane();
  await lane.busy([till]);
  const left = (await available(merchantNo)) ?? 0;
  const before = lane.from.length;
  const held = await hold(merchantNo);
  const one = purchase(till, 700);
  const earlier = lane.take(one);
  await turn();
  const later = lane.many([{ ...one, nonce: nextNonce() }, purchase(till, 800, { sentMs: one.sentMs, nonce: one.nonce })]);
  await pause(50);
  assert.deepEqual(lane.from.slice(before), ['memory', 'memory']);
  await held.letGo();
  const [again, replayed] = await later;
  assert.deepEqual(again, await earlier, 'the stored answer, byte for byte');
  assert.equal(replayed?.code, 'A0');
  assert.equal(await available(merchantNo), left - 700);
});

test('what needs the tables waits for what is under way, and nothing goes by it', async () => {
  const { merchantNo, tills } = await shopOf(50_000, 1);
  const [till] = tills as [Till];
  const lane = openLane();
  const bought = purchase(till, 500);
  assert.equal((await lane.take(bought)).code, '00');
  await lane.busy([till]);
  const left = (await available(merchantNo)) ?? 0;
  const before = lane.from.length;
  const held = await hold(merchantNo);
  const first = lane.take(purchase(till, 100));
  await turn();
  const { message, ...rest } = purchase(till, 500);
  const { batchNo, traceNo } = bought.message;
  const refund = lane.take({
    ...rest,
    content: 'refund',
    message: { ...message, type: 'refund', original: { terminalNo: till.terminalNo, batchNo, traceNo } },
  });
  await turn();
  const last = lane.take(purchase(till, 100));
  await pause(50);
  assert.deepEqual(lane.from.slice(before), ['memory']);
  await held.letGo();
  const answers = await Promise.all([first, refund, last]);
  assert.deepEqual(codes(answers), ['00', '00', '00']);
  assert.deepEqual(
    answers.map(({ body }) => JSON.parse(body).availableFen - left),
    [-100, 400, 300],
  );
  assert.equal(await available(merchantNo), left + 300);
});

test('the connection is lost with two batches under way: each is done again, once', async () => {
  const { merchantNo, tills } = await shopOf(100_000, 1);
  const [till] = tills as [Till];
  const door = await doorTo(here.world.databaseUrl);
  after(() => door.close());
  const lane = openLane(door.url);
  await lane.busy([till]);
  for (const slam of [true, false]) {
    const left = (await available(merchantNo)) ?? 0;
    const held = await hold(merchantNo);
    const earlier = lane.many([purchase(till), purchase(till)]);
    await turn();
    const later = lane.many([purchase(till), purchase(till), purchase(till)]);
    await pause(50);
    if (slam) door.slam();
    else door.loseNext();
    await held.letGo();
    assert.deepEqual(codes([...(await earlier), ...(await later)]), ['00', '00', '00', '00', '00']);
    assert.equal(await available(merchantNo), left - 500);
    await countsHold(here.world, merchantNo);
    await lane.busy([till]);
  }
});

test('what is decided ahead is refused inside a transaction of several statements, and after its day', async () => {
  const client = here.world.db.$client;
  const [row] = await client<{ marks: string }[]>`
    select coalesce(string_agg(xmin::text, ' ' order by key), '') as marks from policy where key like 'limit.%' or key like 'refund.%' or key like 'terminal.%'`;
  const now = Date.now();
  const still = (run: Sql, day: string, marks = row?.marks ?? '') =>
    run`select online_still(${day}, ${marks})`.then(
      () => 'stands',
      (error: { code: string }) => error.code,
    );
  assert.equal(await still(client, businessDate(now)), 'stands');
  assert.equal(await still(client, businessDate(now - 86_400_000)), 'ZL008');
  assert.equal(await still(client, businessDate(now), 'other parameters'), 'ZL008');
  const inside = client.begin('deferrable', (tx) => still(tx as unknown as Sql, businessDate(now)));
  assert.equal(await inside.catch((error: { code: string }) => error.code), '40001');
});
