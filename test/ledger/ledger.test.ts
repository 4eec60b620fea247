// The ledger against a simple model, many at once, and a story whose printed journal is kept.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import type { Db } from '../../db/connect.ts';
import { closeDay, entriesOf, findQuota, LedgerRefusal, linesOf, post } from '../../db/ledger.ts';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { openLanes } from '../../db/ledger-lanes.ts';
import type { Leg, Posting } from '../../workflows/rules/ledger.ts';
import { mirrored, refundFrozenLegs, refundOwedLegs, topUpLegs, topUpVoidLegs } from '../../workflows/rules/ledger.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
let db: Db;
before(async () => {
  world = await openWorld();
  db = world.db;
});
after(() => world.close());

const openQuota = (merchantNo: string) =>
  db.transaction(async (tx) => {
    for (const code of ['2241.10', '2241.11']) await tx.execute(sql`select ledger_open(${code}, ${merchantNo}, 'test', now(), true)`);
  });
const posting = (commandNo: string, legs: readonly Leg[], more: Partial<Posting> = {}): Posting => ({
  commandNo,
  event: 'adjustment',
  cause: commandNo,
  businessDate: '20261124',
  legs,
  ...more,
});
const tryPost = (one: Posting) =>
  db.transaction((tx) => post(tx, one)).catch((error) => (error instanceof LedgerRefusal ? error.fault : Promise.reject(error)));

test('the same command posts once; with other content it is refused; an entry must balance and know its accounts', async () => {
  await openQuota('M1');
  const first = await tryPost(posting('A1', topUpLegs('M1', 10_000)));
  const again = await tryPost(posting('A1', topUpLegs('M1', 10_000)));
  assert.ok(typeof first === 'object' && typeof again === 'object');
  assert.deepEqual([first.fresh, again.fresh, again.entryId === first.entryId], [true, false, true]);
  assert.equal(await tryPost(posting('A1', topUpLegs('M1', 10_001))), 'command_reused');
  assert.equal(
    await tryPost(
      posting('A2', [
        { account: '2241.20', debit: 5 },
        { account: '2241.10', owner: 'M1', credit: 6 },
      ]),
    ),
    'unbalanced',
  );
  assert.equal(await tryPost(posting('A3', topUpLegs('nobody', 5))), 'account_unknown');
  assert.equal(await tryPost(posting('A4', mirrored(topUpLegs('M1', 10_001)))), 'quota_insufficient');
  await assert.rejects(
    db.transaction((tx) => post(tx, posting('A5', topUpLegs('M1', 0.5)))),
    RangeError,
  );
  assert.equal((await findQuota(db, 'M1'))?.available, 10_000);
});

test('a closed day refuses postings, the others do not; closing waits for those under way', async () => {
  await openQuota('M2');
  const slow = db.transaction(async (tx) => {
    await post(tx, posting('D1', topUpLegs('M2', 7), { businessDate: '20261101' }));
    await tx.execute(sql`select pg_sleep(0.3)`);
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await Promise.all([slow, db.transaction((tx) => closeDay(tx, '20261101'))]);
  assert.equal(await tryPost(posting('D2', topUpLegs('M2', 7), { businessDate: '20261101' })), 'day_closed');
  assert.ok(await tryPost(posting('D3', topUpLegs('M2', 7), { businessDate: '20261102' })));
  const again = await tryPost(posting('D1', topUpLegs('M2', 7), { businessDate: '20261103' }));
  assert.ok(typeof again === 'object' && !again.fresh, 'what had posted is answered as before, whatever the day');
});

/** What a plain programmer would write: balances in a map. */
class Model {
  readonly balances = new Map<string, number>();
  readonly commands = new Map<string, string>();
  run({ commandNo, legs }: Posting): string {
    const content = JSON.stringify(legs);
    const before = this.commands.get(commandNo);
    if (before !== undefined) return before === content ? 'again' : 'command_reused';
    const after = new Map(this.balances);
    for (const { account, owner, debit = 0, credit = 0 } of legs) {
      if (account !== '2241.10' && account !== '2241.11') continue;
      const key = `${account}/${owner}`;
      after.set(key, (after.get(key) ?? 0) + credit - debit);
    }
    if (legs.some(({ account, owner }) => (after.get(`${account}/${owner}`) ?? 0) < 0)) return 'quota_insufficient';
    for (const [key, value] of after) this.balances.set(key, value);
    this.commands.set(commandNo, content);
    return 'posted';
  }
}

test('1,000 × 100 random commands: the ledger and a model in memory agree on every answer and every balance', { timeout: 900_000 }, async () => {
  const runs = Number(process.env.LEDGER_RUNS ?? 1000);
  const lanes = openLanes(world.databaseUrl, 1);
  let universe = 0;
  const amount = fc.integer({ min: 1, max: 500 });
  const step = fc.record({
    what: fc.constantFrom('topUp', 'freeze', 'release', 'owe', 'void', 'again', 'changed'),
    who: fc.integer({ min: 0, max: 3 }),
    amount,
    pick: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 100, maxLength: 100 }), async (steps) => {
      universe += 1;
      const owner = (who: number) => `P${universe}-${who}`;
      const model = new Model();
      const given: Posting[] = [];
      const expected: string[] = [];
      const postings = steps.map(({ what, who, amount, pick }, n): Posting => {
        const commandNo = `P${universe}/${n}`;
        const old = given[pick % Math.max(1, given.length)];
        const legs: Record<string, () => Leg[]> = {
          topUp: () => topUpLegs(owner(who), amount),
          freeze: () => refundFrozenLegs(owner(who), amount),
          release: () => mirrored(refundFrozenLegs(owner(who), amount)),
          owe: () => refundOwedLegs(owner(who), amount),
          void: () => topUpVoidLegs(owner(who), amount, model.balances.get(`2241.10/${owner(who)}`) ?? 0),
        };
        const one =
          what === 'again' && old
            ? old
            : what === 'changed' && old
              ? { ...old, legs: topUpLegs(owner(who), amount + 1000) }
              : posting(commandNo, (legs[what] ?? legs.topUp)?.() ?? []);
        given.push(one);
        expected.push(model.run(one));
        return one;
      });
      await db.transaction(async (tx) => {
        for (let who = 0; who < 4; who++)
          for (const code of ['2241.10', '2241.11']) await tx.execute(sql`select ledger_open(${code}, ${owner(who)}, 'test', now(), true)`);
      });
      // All at once through one lane, which puts them together as they come: each must be answered as if it stood alone.
      const said = (one: Posting) =>
        lanes.post('P', one).then(
          (done) => (done.fresh ? 'posted' : 'again'),
          (error) => (error instanceof LedgerRefusal ? error.fault : Promise.reject(error)),
        );
      assert.deepEqual(await Promise.all(postings.map(said)), expected);
      for (let who = 0; who < 4; who++) {
        const quota = await findQuota(db, owner(who));
        assert.deepEqual(
          [quota?.available, quota?.frozen],
          [model.balances.get(`2241.10/${owner(who)}`) ?? 0, model.balances.get(`2241.11/${owner(who)}`) ?? 0],
        );
      }
    }),
    { numRuns: runs, endOnFailure: true },
  );
  await lanes.close();
  assert.deepEqual(
    (await ledgerFaults(db)).filter((fault) => !fault.startsWith('entry without its cause') && !fault.startsWith('2241.20')),
    [],
  );
});

test('a ring of 100 accounts, 10,000 moves at once: nothing is lost, nothing stands still, no balance below zero', { timeout: 300_000 }, async () => {
  for (let n = 0; n < 100; n++) await openQuota(`R${n}`);
  for (let n = 0; n < 100; n++) await tryPost(posting(`R/${n}`, topUpLegs(`R${n}`, 1000)));
  const lanes = openLanes(world.databaseUrl, 4);
  let refused = 0;
  await Promise.all(
    Array.from({ length: 10_000 }, (_, i) => {
      const [from, to] = [`R${i % 100}`, `R${(i * 7 + 1) % 100}`];
      const legs: Leg[] = [
        { account: '2241.10', owner: from, debit: 1 + (i % 90) },
        { account: '2241.10', owner: to, credit: 1 + (i % 90) },
      ];
      return lanes.post(from, posting(`ring/${i}`, legs)).catch((error) => {
        if (!(error instanceof LedgerRefusal)) throw error;
        assert.equal(error.fault, 'quota_insufficient');
        refused += 1;
      });
    }),
  );
  await lanes.close();
  const [sum] = await db.execute<{ fen: string; least: string }>(
    sql`select sum(balance_fen) as fen, min(balance_fen) as least from ledger_account where owner ~ '^R[0-9]+$'`,
  );
  const [posted] = await db.execute<{ n: number }>(sql`select count(*)::int as n from journal_entry where command_no like 'ring/%'`);
  assert.deepEqual([Number(sum?.fen), Number(sum?.least) >= 0, posted?.n], [100_000, true, 10_000 - refused]);
  assert.deepEqual(
    (await ledgerFaults(db)).filter((fault) => !fault.startsWith('entry without its cause') && !fault.startsWith('2241.20')),
    [],
  );
});

test('a day of M1, as the journal prints it', async () => {
  await openQuota('898210154110001');
  await db.transaction((tx) => tx.execute(sql`select ledger_open('1002.01', '33010204', 'test', now(), false)`));
  const bank = (fen: number): Leg[] => [
    { account: '1002.01', owner: '33010204', debit: fen },
    { account: '2241.20', credit: fen },
  ];
  const story: Posting[] = [
    posting('BS00000001', bank(10_700_053), { event: 'statement' }),
    posting('TU20261124000001', topUpLegs('898210154110001', 10_700_053), { event: 'topUp' }),
    posting('QR20261124000001/freeze/1', refundFrozenLegs('898210154110001', 700_053), { event: 'refundFrozen' }),
    posting('QR20261124000001', refundOwedLegs('898210154110001', 700_053), { event: 'refundOwed' }),
    posting(
      'BS00000002',
      [
        { account: '2202.02', debit: 700_053 },
        { account: '1002.01', owner: '33010204', credit: 700_053 },
      ],
      { event: 'statement' },
    ),
    posting('TV20261124000001', topUpVoidLegs('898210154110001', 10_700_053, 10_000_000), { event: 'topUpVoid', reverses: 'TU20261124000001' }),
  ];
  const printed: string[] = [];
  for (const one of story) {
    await tryPost(one);
    printed.push(`${one.commandNo} ${one.event}${one.reverses ? ` reverses ${one.reverses}` : ''}`);
    for (const line of await entriesOf(db, one.cause)) {
      if (line.commandNo !== one.commandNo) continue;
      const side = line.debitFen > 0 ? `Dr ${showFen(line.debitFen)}` : `   Cr ${showFen(line.creditFen)}`;
      printed.push(
        `  ${line.account} ${line.owner.padEnd(15)} ${side}${line.afterFen === null ? '' : `  (${showFen(line.beforeFen ?? 0)} → ${showFen(line.afterFen)})`}`,
      );
    }
  }
  const file = 'test/ledger/journal.txt';
  const text = `${printed.join('\n')}\n`;
  if (!existsSync(file)) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
  assert.equal((await linesOf(db, '898210154110001', 50)).length, 5);
});
