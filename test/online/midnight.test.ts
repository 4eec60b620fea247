// Around midnight: the day of a purchase, what is counted of it, and what the watch sees of the day before. The clock is moved; everything else is real.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { lookForAlerts } from '../../activities/alerts.ts';
import { alerts } from '../../db/alerts.ts';
import { dataConverter } from '../../stack/codec.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { onlineStories } from '../online.ts';
import { PAYLOAD_KEYS } from '../world.ts';

const here = onlineStories({
  over: () => {
    mock.restoreAll();
    return booksHold();
  },
});
const { openCounter, booksHold, available } = here;
const DAY = 86_400_000;
const realNow = Date.now;
/** Midnight of Shanghai after the real now, epoch ms. */
const midnight = Math.ceil((realNow() + 8 * 3_600_000) / DAY) * DAY - 8 * 3_600_000;
const at = (ms: number) => {
  const offset = midnight + ms - realNow();
  mock.method(Date, 'now', () => realNow() + offset);
};

test('a purchase that waits for its merchant’s quota over midnight is of the new day, in the journal, for the limits and for the batch', async () => {
  const { merchantNo, t1 } = await openCounter(100_000);
  at(-10_000);
  assert.equal((await t1.purchase(1000)).code, '00');
  let free = () => {};
  const held = here.world.db.transaction(async (tx) => {
    await tx.execute(sql`select * from ledger_hold(array[${merchantNo}])`);
    await new Promise<void>((done) => {
      free = done;
    });
  });
  await pause(200);
  const waiting = t1.purchase(2000);
  await pause(300);
  at(500);
  free();
  await held;
  assert.equal((await waiting).code, '00');
  const rows = await here.world.db.execute<{ fen: string; day: string; posted: string }>(sql`
    select x.amount_fen as fen, x.business_date as day, e.business_date as posted from terminal_txn x
      join journal_entry e on e.command_no = x.terminal_no || '/' || lpad(x.batch_no::text, 6, '0') || '/' || lpad(x.trace_no::text, 6, '0') where x.merchant_no = ${merchantNo} order by x.id`);
  const [before, after] = [businessDate(midnight - 1), businessDate(midnight)];
  assert.deepEqual(
    [...rows].map((row) => [Number(row.fen), row.day, row.posted]),
    [
      [1000, before, before],
      [2000, after, after],
    ],
  );
  const [counted] = await here.world.db.execute<{ day: string; fen: string }>(sql`select day, day_fen as fen from turnover where owner = ${`M${merchantNo}`}`);
  assert.deepEqual([counted?.day, Number(counted?.fen)], [after, 2000]);
  // Another web, whose clock is behind, does not set the day back.
  at(-5000);
  assert.equal((await t1.purchase(500)).code, '00');
  const [still] = await here.world.db.execute<{ day: string; fen: string }>(sql`select day, day_fen as fen from turnover where owner = ${`M${merchantNo}`}`);
  assert.deepEqual([still?.day, Number(still?.fen)], [after, 2000]);
  assert.equal(await available(merchantNo), 96_500);
});

test('what happened in the last second before midnight, or while no worker looked, is seen as of its own day', async () => {
  const client = new Client({ connection: here.world.client.connection, namespace: here.world.namespace, dataConverter: dataConverter(PAYLOAD_KEYS) });
  await here.world.asOwner(`update policy set value = 'off' where key like 'alert.%' and key <> 'alert.dueHours'`);
  await here.world.asOwner(`update policy set value = '3/300000' where key = 'alert.roundAmount'`);
  await here.world.asOwner(`update policy set value = '4/30/100000' where key = 'alert.velocity'`);
  const { merchantNo, t1 } = await openCounter(5_000_000);
  await lookForAlerts(here.world.db, client, 'backoffice');
  at(-9000);
  for (let n = 0; n < 4; n++) assert.equal((await t1.purchase(300_000)).code, '00');
  // The worker comes back hours later, after two more purchases of the new day.
  at(4 * 3_600_000);
  await t1.signOn();
  for (let n = 0; n < 2; n++) assert.equal((await t1.purchase(300_000)).code, '00');
  await lookForAlerts(here.world.db, client, 'backoffice');
  const raised = (await alerts(here.world.db, { merchantNo }, 10)).map((row) => `${row.rule} ${row.day}`).toSorted();
  const day = businessDate(midnight - 1);
  assert.deepEqual(raised, [`roundAmount ${day}`, `velocity ${day}`]);
  assert.equal(await lookForAlerts(here.world.db, client, 'backoffice'), 0);
});
