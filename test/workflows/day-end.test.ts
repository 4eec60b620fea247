// 日切 and 日结: days that are over are closed in order, once, and their balances kept for good.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { keepSchedules } from '../../activities/schedules.ts';
import { dayEnds } from '../../db/day-end.ts';
import { type LedgerRefusal, post } from '../../db/ledger.ts';
import { topUpLegs } from '../../workflows/rules/ledger.ts';
import { purchaseLegs } from '../../workflows/rules/online.ts';
import { businessDate, days } from '../../workflows/rules/time.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await world.work();
});
after(() => world.close());

const M = '898210154110001';
const ago = (n: number) => businessDate(Date.now() - days(n));
const run = (id: string) => world.client.workflow.execute('dayEnd', { workflowId: id, taskQueue: 'backoffice', args: [] }) as Promise<string[]>;
const enter = (commandNo: string, day: string, legs: Parameters<typeof post>[1]['legs']) =>
  world.db.transaction((tx) => post(tx, { commandNo, event: 'topUp', cause: commandNo, businessDate: day, legs }));
const kept = async (day: string) => {
  const [row] = await world.db.execute<{ o: string; d: string; c: string; e: string }>(
    sql`select opening_fen as o, debit_fen as d, credit_fen as c, closing_fen as e from daily_balance b join ledger_account a on a.id = b.account_id where a.code = '2241.10' and business_date = ${day}`,
  );
  return row && [row.o, row.d, row.c, row.e].map(Number);
};

test('every day up to yesterday is closed in order, with opening, turnover and closing; today stays open', async () => {
  await world.db.execute(sql`select ledger_open('2241.10', ${M}, 'story', now(), true)`);
  await enter('a', ago(5), topUpLegs(M, 10_000));
  await enter('b', ago(5), purchaseLegs(M, 3000, 10));
  await enter('c', ago(2), purchaseLegs(M, 500, 0));
  await enter('d', ago(0), topUpLegs(M, 7));
  const closed = await run('day-end-1');
  assert.deepEqual(closed, [ago(5), ago(4), ago(3), ago(2), ago(1)]);
  assert.deepEqual(await kept(ago(5)), [0, 3010, 10_000, 6990]);
  assert.equal(await kept(ago(4)), undefined, 'nothing moved');
  assert.deepEqual(await kept(ago(2)), [6990, 500, 0, 6490]);
  assert.equal(await kept(ago(0)), undefined);
  const ends = await dayEnds(world.db, 10);
  assert.deepEqual(
    ends.map((end) => [end.businessDate, end.entries, end.faults]),
    [ago(1), ago(2), ago(3), ago(4), ago(5)].map((day) => [day, day === ago(5) ? 2 : day === ago(2) ? 1 : 0, []]),
  );
});

test('a closed day takes nothing more, today does; running it again, or twice at once, changes nothing', async () => {
  await assert.rejects(enter('late', ago(2), topUpLegs(M, 1)), (error: LedgerRefusal) => error.fault === 'day_closed');
  await enter('now', ago(0), topUpLegs(M, 1));
  assert.deepEqual(await Promise.all([run('day-end-2'), run('day-end-3')]), [[], []]);
  assert.deepEqual(await kept(ago(2)), [6990, 500, 0, 6490]);
  await assert.rejects(world.db.execute(sql`update daily_balance set closing_fen = 0`), /daily_balance/);
});

test('a day whose books do not hold says so and stays as it is', async () => {
  await world.asOwner(
    `delete from day_end where business_date = '${ago(1)}'; alter table journal_line disable trigger user; update journal_line set after_fen = after_fen + 1 where nth = 3; alter table journal_line enable trigger user`,
  );
  await world.asOwner(
    `insert into daily_balance select '${ago(1)}', account_id, closing_fen, 0, 0, closing_fen from daily_balance b join ledger_account a on a.id = b.account_id where a.code = '2241.10' and business_date = '${ago(2)}'`,
  );
  await assert.rejects(run('day-end-4'));
  const [end] = await dayEnds(world.db, 1);
  assert.match(end?.faults.join() ?? '', new RegExp(`2241.10 ${M}`));
});

test('the schedule is made once, however many workers come', async () => {
  const client = new Client({ connection: world.client.connection, namespace: world.namespace });
  await keepSchedules(client, 'backoffice');
  await keepSchedules(client, 'backoffice');
  const { spec, info } = await client.schedule.getHandle('day-end').describe();
  assert.equal(spec.timezone, 'Asia/Shanghai');
  assert.ok(info.nextActionTimes[0]);
});
