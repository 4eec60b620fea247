// A connection that is lost in the middle of a transaction takes the whole of it away, and nothing else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { joined, numbered } from '../../db/arrays.ts';
import { closeDb, type Db, openDb, type Tx, together } from '../../db/connect.ts';
import { openLanes } from '../../db/lanes.ts';
import { doorTo } from '../door.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
let db: Db;
const uncaught: Error[] = [];
const keep = (error: Error) => void uncaught.push(error);
before(async () => {
  world = await openWorld();
  db = openDb(world.databaseUrl, 1);
  process.on('uncaughtException', keep);
});
after(async () => {
  process.off('uncaughtException', keep);
  await closeDb(db);
  await world.close();
});

const note = (to: Db | Tx, at: number) => to.execute(sql`select take_nonce(${at}, 'lost', 'connection')`);
const noted = async () =>
  (await world.db.execute<{ at: string }>(sql`select at_ms as at from terminal_nonce where terminal_no = 'lost' order by 1`)).map((row) => Number(row.at));
const cut = async (pid: number) => {
  await world.asOwner(`select pg_terminate_backend(${pid})`);
  await pause(100);
};
const pidOf = async (tx: Db | Tx) => (await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`))[0]?.pid ?? 0;

test('between two statements: what is left is not sent through the next connection, neither alone nor inside of another transaction', async () => {
  const left: unknown[] = [];
  let goneOn = () => {};
  let third = () => {};
  const second = new Promise<void>((done) => {
    third = done;
  });
  const whole = new Promise<void>((done) => {
    goneOn = done;
  });
  const lost = db.transaction(async (tx) => {
    await note(tx, 1);
    await cut(await pidOf(tx));
    await db.transaction((other) => note(other, 2));
    third();
    await pause(100);
    for (const more of [async () => note(tx, 3), async () => tx.transaction((deeper) => note(deeper, 4))])
      await more().catch((error: unknown) => left.push(error));
    goneOn();
  });
  await assert.rejects(lost, { code: 'CONNECTION_CLOSED' });
  await second;
  await db.transaction(async (other) => {
    await note(other, 5);
    await whole;
  });
  assert.equal(left.length, 2);
  assert.deepEqual(await noted(), [2, 5]);
  assert.deepEqual(uncaught, []);
});

test('while a statement is under way, inside of a savepoint or not: the transaction fails, the process and the pool live on', async () => {
  for (const nested of [false, true]) {
    const slow = async (tx: Tx) => {
      await note(tx, 10);
      await tx.execute(sql`select pg_sleep(5)`);
    };
    const pid = await pidOf(db);
    const lost = db.transaction((tx) => (nested ? tx.transaction(slow) : slow(tx)));
    const told = assert.rejects(lost);
    await pause(200);
    await cut(pid);
    await told;
    await pause(1500);
    await db.transaction((tx) => note(tx, nested ? 12 : 11));
  }
  assert.deepEqual(await noted(), [2, 5, 11, 12]);
  assert.deepEqual(uncaught, []);
});

test('a lane does its batch again on a new connection, each item once', async () => {
  let tries = 0;
  const lanes = openLanes<number, number>(world.databaseUrl, 1, 'zhangfang lost', () => ({
    whole: async (client, items) => {
      const done = await client.begin(async (tx) => {
        tries += 1;
        for (const at of items) await tx`select take_nonce(${at}, 'lost', 'connection')`;
        if (tries === 1) {
          const [row] = await tx`select pg_backend_pid() as pid`;
          await cut(row?.pid);
        }
        for (const at of items) await tx`select take_nonce(${at + 100}, 'lost', 'connection')`;
        return items;
      });
      return done as unknown as number[];
    },
  }));
  assert.deepEqual(await Promise.all([21, 22].map((at) => lanes.take('M1', at))), [21, 22]);
  await lanes.close();
  assert.deepEqual((await noted()).slice(4), [21, 22, 121, 122]);
  assert.deepEqual(uncaught, []);
});

test('a lane carries lists of any text and number as they are', async () => {
  const given = [['商户 “一号”', 'a,b', '{}', '', 'null', ' '], ['"', '\\', '\\"', "'", null, '\n'], ['plain', 'NULL'], [null], []];
  const numbers = [[0, -1, null, 2_147_483_647], [], [null]];
  const read: unknown[] = [];
  const lanes = openLanes<number, number>(world.databaseUrl, 1, 'lists', () => ({
    whole: async (client, items) => {
      for (const list of given) read.push((await client`select to_json(${list}::text[]) as list`)[0]?.list);
      for (const list of numbers) read.push((await client`select to_json(${list}::int[]) as list`)[0]?.list);
      for (const list of numbers) read.push((await client`select to_json(${list}::bigint[]) as list`)[0]?.list);
      return items;
    },
  }));
  assert.equal(await lanes.take('M1', 7), 7);
  await lanes.close();
  assert.deepEqual(read, [...given, ...numbers, ...numbers]);
});

test('a connection that is reset: what is asked in the same moment goes through the next one, in pools and lanes, and nobody waits for ever', async () => {
  const door = await doorTo(world.databaseUrl);
  const pool = openDb(door.url, 1);
  const lanes = openLanes<number, number>(door.url, 1, 'reset', () => ({
    whole: async (client, [seconds = 0]) => {
      try {
        await client`begin`;
        await client`select pg_sleep(${seconds})`;
        await client`commit`;
        return [seconds];
      } catch (error) {
        await client`rollback`.catch(() => undefined);
        throw error;
      }
    },
  }));
  const soon = <Value>(value: Promise<Value>) => Promise.race([value, pause(8000, 'never answered' as const)]);
  try {
    for (let n = 0; n < 5; n++) {
      const asked = pool.$client`select pg_sleep(2)`.catch(() => pool.$client`select 7 as n`.then(([row]) => row?.n));
      const taken = lanes.take('one', 0.3);
      await pause(150);
      door.slam();
      assert.deepEqual([await soon(asked), await soon(taken)], [7, 0.3]);
    }
  } finally {
    await closeDb(pool);
    await lanes.close();
    door.close();
  }
});

test('reads that belong together go through one connection; others meanwhile through another, of four at most, and a pool that closes takes them along', async () => {
  const pool = openDb(world.databaseUrl, 3);
  const pidOf = async ({ $client }: Db) => Number((await $client`select pg_backend_pid() as pid, pg_sleep(0.1)`)[0]?.pid);
  const sixAtOnce = () => Promise.all(Array.from({ length: 6 }, () => together(pool, (db) => Promise.all([pidOf(db), pidOf(db)]))));
  await sixAtOnce();
  const groups = await sixAtOnce();
  for (const [one, other] of groups) assert.equal(one, other);
  const pids = new Set(groups.flat());
  assert.equal(pids.size, 4);
  const inTransaction = await pool.transaction((tx) => tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`));
  assert.ok(!pids.has(Number(inTransaction[0]?.pid)), 'who writes keeps nobody waiting');
  await closeDb(pool);
  const left = await world.db.execute(sql`select 1 from pg_stat_activity where pid = any(${sql.param([...pids])}::int[])`);
  assert.equal(left.length, 0);
});

test('a line that is cut fails what it was reading, and the next reads are answered; no transaction goes through a line', async () => {
  const door = await doorTo(world.databaseUrl);
  const pool = openDb(door.url, 3);
  const one = ({ $client }: Db) => $client`select 1 as n`.then(([row]) => row?.n);
  try {
    for (let n = 0; n < 5; n++) {
      await together(pool, one).catch(() => undefined);
      await pause(100);
      const reading = together(pool, ({ $client }) => $client`select pg_sleep(2)`).then(
        () => 'read',
        () => 'failed',
      );
      await pause(100);
      door.slam();
      assert.equal(await Promise.race([reading, pause(1500, 'waits')]), 'failed');
      assert.equal(await Promise.race([together(pool, one).catch(() => together(pool, one)), pause(3000, 'never answered')]), 1);
    }
    // The pool serves until a line is there again.
    const began = () =>
      together(pool, (db) => db.transaction((tx) => tx.execute(sql`select 1`))).then(
        () => 'begun',
        (error: Error) => error.message,
      );
    let said = await began();
    for (let n = 0; said === 'begun' && n < 50; n++) {
      await pause(50);
      said = await began();
    }
    assert.match(said, /goes through the pool/);
  } finally {
    await closeDb(pool);
    door.close();
  }
});

test('texts that go joined arrive as they were; what would be taken apart otherwise is not sent', async () => {
  const texts = ['{"code":"00","textZh":"成功"}', `it's`, 'a\\b', '{,}', 'null', ' '];
  const statement = numbered('select # = array(select json_array_elements_text(?::text::json)) as same, cardinality(#) as none');
  const [row] = await db.$client.unsafe<{ same: boolean; none: number }[]>(statement, [joined(texts), JSON.stringify(texts), joined([])], { prepare: true });
  assert.deepEqual([row?.same, row?.none], [true, 0]);
  for (const bad of ['', 'a\x1fb']) assert.throws(() => joined(['00', bad]), /cannot be joined/);
});
