// Terminals at work while answers get lost, messages come twice and the web is killed in the middle: what they hold is what the books say.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { simulate, usualPlan } from '../../stack/simulator.ts';
import { startWeb } from '../bench/web-process.ts';
import { onlineOf } from '../online.ts';
import { openWorld, type World } from '../world.ts';

const COUNT = Number(process.env.SIMULATED ?? 600);
const KILLS = Number(process.env.KILLS ?? 2);
const TERMINALS = Number(process.env.TERMINALS ?? 2);

let world: World;
let web: Awaited<ReturnType<typeof startWeb>>;
let ended = false;
const { openShop, available, booksHold } = onlineOf(
  () => world,
  () => web.base,
);
before(async () => {
  world = await openWorld();
  await world.work();
  web = await startWeb(world, { CRASH_POINTS: 'on' });
});
after(async () => {
  ended = true;
  web.process.kill('SIGKILL');
  await world.close();
});

/** The web is started again on the same port whenever it dies, as the supervisor does. */
function keepAlive(): void {
  const port = new URL(web.base).port;
  web.process.once('exit', () => {
    if (ended) return;
    void startWeb(world, { CRASH_POINTS: 'on', PORT: port }).then((again) => {
      web = { ...again, base: web.base };
      keepAlive();
    });
  });
}

test('the web dies before the commit, after it, and of kill -9: terminals ask again or reverse, and every batch agrees', { timeout: 1_800_000 }, async () => {
  keepAlive();
  const shops = [await openShop(90_000_000, TERMINALS), await openShop(90_000_000, TERMINALS, { feeRate: '0.38' })];
  const terminals = shops.flatMap((shop) => shop.terminals);
  mkdirSync(join(world.dir, 'crash'), { recursive: true });
  let kills = 0;
  const killing = (async () => {
    for (const point of Array.from({ length: KILLS }, (_, n) => ['online.beforeCommit', 'online.afterCommit', ''][n % 3])) {
      await pause(Number(process.env.PAUSE ?? 1500));
      const { process: running } = web;
      if (point) writeFileSync(join(world.dir, 'crash', point), '');
      else running.kill('SIGKILL');
      for (let n = 0; n < 400 && running.exitCode === null && running.signalCode === null; n++) await pause(25);
      kills += running.signalCode === 'SIGKILL' ? 1 : 0;
    }
  })();
  const result = await simulate(
    web.base,
    terminals.map(({ memory }) => memory),
    // The quota lasts to the end.
    { ...usualPlan, count: COUNT, rate: Number(process.env.RATE ?? 150), mostFen: Math.min(usualPlan.mostFen, Math.floor(280_000_000 / COUNT)) },
    console.log,
  );
  await killing;
  assert.equal(kills, KILLS, 'killed as often as meant');
  assert.deepEqual(result.apart, []);
  assert.equal(result.agreed, terminals.length);
  const [row] = await world.db.execute<{ fen: string; fee: string }>(sql`select sum(net_fen) as fen, sum(sign(net_fen) * fee_fen) as fee from terminal_txn`);
  assert.equal(Number(row?.fen), result.netFen);
  const left = await Promise.all(shops.map(({ merchantNo }) => available(merchantNo)));
  assert.equal(
    left.reduce<number>((sum, fen) => sum + (fen ?? 0), 0),
    180_000_000 - result.netFen - Number(row?.fee),
  );
  console.log(JSON.stringify(result));
  await booksHold();
});
