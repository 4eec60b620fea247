// A lane that is busy decides purchases from what it remembers. Whatever changes meanwhile counts with the next message all the same, and nothing is posted twice.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { doorTo } from '../door.ts';
import { codes, countsHold as countsHoldOf, laneTo, nextNonce, purchase, reversalOf, type Till, tillOf } from '../lane.ts';
import { onlineStories } from '../online.ts';

const here = onlineStories({ over: () => here.booksHold() });
const { openShop, available, addQuota } = here;

/** A lane of its own, as another web has it. */
const openLane = (url = here.world.databaseUrl) => laneTo(url);
/** Purchases that a terminal's limits count today. */
const countOf = async ({ terminalNo }: Till) =>
  Number((await here.world.db.execute<{ n: number }>(sql`select day_count as n from turnover where owner = ${`T${terminalNo}`}`))[0]?.n);
const countsHold = (merchantNo: string) => countsHoldOf(here.world, merchantNo);
const asOwner = (statement: string) => here.world.asOwner(statement);

test('what the office changes counts with the next message of a lane that remembers', async () => {
  const { merchantNo, terminals } = await openShop(1_000_000, 1);
  const till = tillOf(merchantNo, terminals[0]?.memory.terminalNo ?? '');
  const lane = openLane();
  const { terminalNo } = till;
  const day = "to_char(now() at time zone 'Asia/Shanghai', 'YYYYMMDD')";
  const changes: [change: string, code: string, back: string][] = [
    [
      `update merchant set status = 'frozen' where merchant_no = '${merchantNo}'`,
      '03',
      `update merchant set status = 'active' where merchant_no = '${merchantNo}'`,
    ],
    [
      `update terminal set status = 'cancelled' where terminal_no = '${terminalNo}'`,
      '97',
      `update terminal set status = 'active' where terminal_no = '${terminalNo}'`,
    ],
    [
      `update terminal set permitted = '{void}' where terminal_no = '${terminalNo}'`,
      '58',
      `update terminal set permitted = '{purchase,void}' where terminal_no = '${terminalNo}'`,
    ],
    [
      `update terminal_session set key_no = 3 where terminal_no = '${terminalNo}'`,
      'A0',
      `update terminal_session set key_no = 1 where terminal_no = '${terminalNo}'`,
    ],
    [
      `update terminal_session set batch_no = 2 where terminal_no = '${terminalNo}'`,
      '77',
      `update terminal_session set batch_no = 1 where terminal_no = '${terminalNo}'`,
    ],
    [`update policy set value = '0.50' where key = 'limit.terminal.single'`, '61', `update policy set value = 'off' where key = 'limit.terminal.single'`],
    [
      `update merchant set single_limit_fen = 50 where merchant_no = '${merchantNo}'`,
      '61',
      `update merchant set single_limit_fen = null where merchant_no = '${merchantNo}'`,
    ],
    [`insert into ledger_day select ${day}, now()`, '90', 'delete from ledger_day'],
  ];
  let tried = 0;
  for (const [change, code, back] of changes) {
    await lane.busy([till]);
    await asOwner(change);
    const before = lane.from.length;
    assert.deepEqual(codes(await lane.many([purchase(till), purchase(till)])), [code, code], change);
    if (lane.from[before] === 'memory') tried += 1;
    await asOwner(back);
    assert.equal((await lane.take(purchase(till))).code, '00', back);
  }
  assert.ok(tried >= 4, `${tried} were decided from memory first`);
});

test('a 冲正 that came first bars its purchase, whichever web took it and however long ago', async () => {
  const { merchantNo, terminals } = await openShop(10_000, 1);
  const mine = tillOf(merchantNo, terminals[0]?.memory.terminalNo ?? '');
  const [lane, other] = [openLane(), openLane()];
  await lane.busy([mine]);
  const first = purchase(mine);
  assert.equal((await other.take(reversalOf(first))).code, '25', 'there is nothing to reverse yet');
  assert.equal((await lane.take(first)).code, '94', 'and there never will be');

  for (const web of [lane, other]) {
    await lane.busy([mine]);
    const late = purchase(mine);
    assert.equal((await web.take(reversalOf(late))).code, '25');
    await lane.busy([mine]);
    const began = lane.from.length;
    assert.equal((await lane.take(late)).code, '94', 'nor when the merchant is known again since');
    assert.equal(lane.from[began], 'memory');
  }
});

test('what another web took counts too: quota, limits, numbers and nonces', async () => {
  const { merchantNo, terminals } = await openShop(10_000, 2);
  const [mine, theirs] = terminals.map((terminal) => tillOf(merchantNo, terminal.memory.terminalNo)) as [Till, Till];
  const [lane, other] = [openLane(), openLane()];

  await lane.busy([mine]);
  const shared = purchase(mine);
  const answered = await other.take(shared);
  const again = await lane.take({ ...shared, nonce: nextNonce() });
  assert.deepEqual(again, answered, 'the stored answer, byte for byte');

  await lane.busy([mine]);
  const used = purchase(mine, 9_000_000);
  assert.equal((await other.take(used)).code, '51');
  assert.equal((await lane.take(purchase(mine, 100, { sentMs: used.sentMs, nonce: used.nonce }))).code, 'A0', 'a nonce of an earlier message');

  await lane.busy([mine]);
  await asOwner(`update policy set value = '${(await countOf(mine)) + 3}' where key = 'limit.terminal.dailyCount'`);
  const limited = await lane.many(Array.from({ length: 6 }, () => purchase(mine)));
  assert.ok(codes(limited).includes('65') && codes(limited)[0] === '00', 'counted through');
  await asOwner(`update policy set value = 'off' where key = 'limit.terminal.dailyCount'`);

  await asOwner(`update policy set value = '${(await countOf(mine)) + 6 + 3}' where key = 'limit.terminal.dailyCount'`);
  await lane.busy([mine, theirs]);
  const counted = tillOf(merchantNo, mine.terminalNo, mine.traceNo);
  await other.many(Array.from({ length: 3 }, () => purchase(counted)));
  mine.traceNo = counted.traceNo;
  await lane.busy([theirs]);
  assert.equal((await lane.take(purchase(mine))).code, '65', 'the limit knows what the other web took there');
  await asOwner(`update policy set value = '${(await countOf(mine)) + 6 + 1}' where key = 'limit.terminal.dailyCount'`);
  await lane.busy([mine]);
  const quota = await available(merchantNo);
  counted.traceNo = mine.traceNo;
  assert.equal((await other.take(purchase(counted))).code, '00');
  await addQuota(merchantNo, 100);
  assert.equal(await available(merchantNo), quota, 'the quota is what the lane remembers');
  mine.traceNo = counted.traceNo;
  // At another merchant: it has numbers again, and knows of this one what it knew.
  const elsewhere = await openShop(10_000, 1);
  await lane.busy([tillOf(elsewhere.merchantNo, elsewhere.terminals[0]?.memory.terminalNo ?? '')]);
  const began = lane.from.length;
  assert.equal((await lane.take(purchase(mine))).code, '65', 'but that is not all there is to know');
  assert.deepEqual(lane.from.slice(began), ['memory', 'tables']);
  await asOwner(`update policy set value = 'off' where key = 'limit.terminal.dailyCount'`);
  await countsHold(merchantNo);

  await lane.busy([mine]);
  assert.equal((await other.take(purchase(theirs))).code, '00');
  const later = await lane.take(purchase(mine));
  assert.equal(JSON.parse(later.body).availableFen, await available(merchantNo), 'the answer tells what is left of both');

  await lane.busy([mine]);
  const left = (await available(merchantNo)) ?? 0;
  assert.equal((await other.take(purchase(theirs, left - 150))).code, '00');
  assert.deepEqual(codes(await lane.many([purchase(mine), purchase(mine)])), ['00', '51']);
  await addQuota(merchantNo, 10_000);
  const [fresh] = await lane.many([purchase(mine)]);
  assert.equal(JSON.parse(fresh?.body ?? '').availableFen, 9950, 'what was topped up is there');
});

test('two webs, three merchants, purchases and 冲正 at once: each stands once, and the quota is exact', async () => {
  const shops = [await openShop(60_000, 2), await openShop(60_000, 2), await openShop(60_000, 2)];
  const tills = shops.flatMap(({ merchantNo, terminals }) => terminals.map((terminal) => tillOf(merchantNo, terminal.memory.terminalNo)));
  const lanes = [openLane(), openLane()];
  const spent = new Map<string, number>();
  const approved: string[] = [];
  const rush = async (round: number) => {
    const asked = tills.flatMap((till, i) => Array.from({ length: 1 + ((round + i) % 4) }, () => purchase(till, 100 + round)));
    const answers = await Promise.all(
      asked.map(async (one, i) => {
        const lane = lanes[(round + i) % 3 === 0 ? 1 : 0];
        const answer = await lane?.take(one);
        // Every seventh is reversed, by way of the other web; every fifth comes again.
        if ((round + i) % 7 === 0) assert.equal((await lanes[i % 2]?.take(reversalOf(one)))?.code, '00');
        if ((round + i) % 5 === 0) assert.equal((await lanes[i % 2]?.take({ ...one, nonce: nextNonce() }))?.body, answer?.body);
        return { one, answer, kept: (round + i) % 7 !== 0 };
      }),
    );
    for (const { one, answer, kept } of answers) {
      assert.equal(answer?.code, '00');
      approved.push(JSON.parse(answer?.body ?? '').systemNo);
      const { merchantNo, amountFen } = one.message;
      if (kept) spent.set(merchantNo, (spent.get(merchantNo) ?? 0) + amountFen);
    }
  };
  for (let round = 0; round < 24; round++) await rush(round);
  assert.equal(new Set(approved).size, approved.length, 'no system number twice');
  for (const { merchantNo } of shops) assert.equal(await available(merchantNo), 60_000 - (spent.get(merchantNo) ?? 0));
  for (const { merchantNo } of shops) await countsHold(merchantNo);
  const from = lanes.flatMap((lane) => lane.from);
  for (const where of ['memory', 'tables']) assert.ok(from.filter((one) => one === where).length > 10, `many were decided from ${where}`);
});

test('the connection is lost as a remembered batch is written, and as it commits: it is done again, once', async () => {
  for (const when of ['', 'deferrable initially deferred']) {
    const { merchantNo, terminals } = await openShop(100_000, 1);
    const till = tillOf(merchantNo, terminals[0]?.memory.terminalNo ?? '');
    const lane = openLane();
    await lane.busy([till]);
    await asOwner(`
      create sequence if not exists lost_once;
      select setval('lost_once', 1, false);
      create or replace function lose_once() returns trigger language plpgsql security definer as $$
      begin
        if nextval('lost_once') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
        return null;
      end $$;
      drop trigger if exists lose_once on terminal_txn;
      create constraint trigger lose_once after insert on terminal_txn ${when} for each row execute function lose_once()`);
    const before = lane.from.length;
    const asked = [purchase(till), purchase(till), purchase(till)];
    assert.deepEqual(codes(await lane.many(asked)), ['00', '00', '00']);
    assert.equal(lane.from[before], 'memory', 'it was lost there');
    const spent = 9 * 100;
    assert.equal(await available(merchantNo), 100_000 - spent);
    const rows = await here.world.db.execute(sql`select 1 from terminal_txn where merchant_no = ${merchantNo}`);
    assert.equal(rows.length, 9);
    await asOwner('drop trigger lose_once on terminal_txn');
  }
});

test('the answer to a commit is lost: what stands is answered as it stands, and a nonce is not taken twice', async () => {
  const { merchantNo, terminals } = await openShop(100_000, 1);
  const till = tillOf(merchantNo, terminals[0]?.memory.terminalNo ?? '');
  const door = await doorTo(here.world.databaseUrl);
  after(() => door.close());
  const lane = openLane(door.url);
  await lane.busy([till]);
  const asked = purchase(till);
  const before = lane.from.length;
  door.loseNext();
  assert.equal((await lane.take(asked)).code, '00');
  assert.deepEqual(lane.from.slice(before), ['memory', 'tables']);
  assert.equal(await available(merchantNo), 100_000 - 7 * 100);

  await asOwner(`update terminal set permitted = '{void}' where terminal_no = '${till.terminalNo}'`);
  await lane.busy([till], '58');
  door.loseNext();
  assert.equal((await lane.take(purchase(till))).code, 'A0', 'its nonce is used, by itself or by somebody who sent it before: nobody can tell');
});
