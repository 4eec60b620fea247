// 相似申请 where one payer has sent thousands: clerk001 is told the ten latest and everything they share, and nobody waits for the others to be read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { twinRequests } from '../../db/twins.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const M1 = '898210154110001';
const M2 = '898210154110002';
const ACCOUNT = 'account:11001016600053004321';
const AMOUNT = `amount:${M1}/500000`;
/** Requests that lie `apart` minutes apart, the latest `first` minutes ago, with one number more for each. */
const sent = async (letters: string, n: number, { merchantNo = M2, state = 'effective', first = 0, apart = 10, keys = [ACCOUNT] }) => {
  await world.db.execute(sql`
    insert into request (request_no, kind, state, version, revision, submissions, title, merchant_no, maker_code, maker_name, level, levels, involved, overdue, submitted_at, updated_at, whole)
    select ${letters} || '20261126' || lpad(i::text, 6, '0'), 'topUp', ${state}, 3, 1, 1, '额度充值', ${merchantNo}, 'clerk002', '陈录入', 1, 1, '{clerk002}', false,
      now() - make_interval(mins => ${first}::int + i * ${apart}::int), now(), '{}' from generate_series(0, ${n - 1}) i`);
  for (const key of keys)
    await world.db.execute(
      sql`insert into request_twin (request_no, key, merchant_no, submitted_at) select request_no, ${key}, merchant_no, submitted_at from request where request_no like ${`${letters}%`}`,
    );
};
const asked = () => twinRequests(world.db, 'TU20261126999999', M1, [ACCOUNT, AMOUNT]);
const reads = async () => {
  const [row] = await world.db.execute<{ n: number }>(
    sql`select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as n from pg_stat_user_tables where relname in ('request', 'request_twin')`,
  );
  return row?.n ?? 0;
};

test('the ten latest of thousands, each with all that it shares; not its own account, not what was rejected or is older than 90 days', async () => {
  await sent('TA', 5000, { first: 30 });
  await sent('TB', 3, { merchantNo: M1, first: 55, keys: [ACCOUNT, AMOUNT] });
  await sent('TC', 2, { first: 5, keys: [AMOUNT, ACCOUNT] });
  await sent('TD', 100, { state: 'rejected', apart: 1 });
  await sent('TE', 20, { first: 91 * 24 * 60, keys: [AMOUNT] });
  await world.asOwner('analyze request; analyze request_twin');
  const found = await asked();
  assert.deepEqual(
    found.map((row) => `${row.requestNo.slice(0, 2)}${Number(row.requestNo.slice(10))} ${row.same.join('+')}`),
    [
      'TC0 account+amount',
      'TC1 account+amount',
      'TA0 account',
      'TA1 account',
      'TA2 account',
      'TB0 amount',
      'TA3 account',
      'TB1 amount',
      'TA4 account',
      'TB2 amount',
    ],
  );
});

test('it is found without reading the thousands', async () => {
  const pool = world.db.$client;
  const flush = () => pool`select pg_stat_force_next_flush()`;
  await flush();
  const before = await reads();
  for (let n = 0; n < 10; n++) await asked();
  await new Promise((done) => setTimeout(done, 1200));
  await Promise.all(Array.from({ length: 20 }, flush));
  const after = await reads();
  assert.ok(after - before < 10_000, `${after - before} rows read for ten times`);
});
