// post() from Node beside pgbench, on the same PostgreSQL in the same run: over 1,000 merchants, and all on one.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { openLanes } from '../../db/ledger-lanes.ts';
import type { Posting } from '../../workflows/rules/ledger.ts';
import { topUpLegs } from '../../workflows/rules/ledger.ts';
import { startServers } from '../servers.ts';
import { median, percentile, show } from './measure.ts';
import { pgbench, preparePeers } from './pgbench.ts';

const ROUNDS = 3;
const SECONDS = 6;
const MERCHANTS = 1000;
const IN_FLIGHT = 64;
const LANES = 2;

export async function benchLedger(): Promise<void> {
  const servers = await startServers(console.log, 1, ['synchronous_commit=on', 'shared_buffers=512MB', 'max_wal_size=4GB']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  const { databaseUrl: url, dir } = world;
  const lanes = openLanes(url, LANES);
  try {
    await world.db.transaction(async (tx) => {
      for (let n = 0; n < MERCHANTS; n++) await tx.execute(sql`select ledger_open('2241.10', ${owner(n)}, 'bench', now(), true)`);
    });
    const hot = await preparePeers(world);
    const script = {
      file: join(dir, 'post.sql'),
      text: `\\set m random(0, ${MERCHANTS - 1})\n\\set c random(1, 9000000000000000)\nselect * from ledger_post('p' || :c, '20261124', 'topUp', 'bench', null, array['2241.20', '2241.10'], array['', 'B' || lpad((:m)::text, 14, '0')], array[100, 0], array[0, 100]);\n`,
    };
    const rates: Record<'ours' | 'same' | 'tpcb' | 'one' | 'row', number[]> = { ours: [], same: [], tpcb: [], one: [], row: [] };
    const waits: number[] = [];
    let posted = 0;
    const ours = async (merchant: () => string, tag: string, times?: number[]) => {
      let n = 0;
      const end = performance.now() + SECONDS * 1000;
      const began = performance.now();
      const lane = async () => {
        while (performance.now() < end) {
          const who = merchant();
          const at = performance.now();
          await lanes.post(who, posting(`${tag}/${n++}`, who));
          times?.push(performance.now() - at);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
      posted += n;
      return (n * 1000) / (performance.now() - began);
    };
    for (let round = 0; round < ROUNDS; round++) {
      rates.ours.push(await ours(() => owner(Math.floor(Math.random() * MERCHANTS)), `many${round}`));
      rates.same.push(await pgbench({ url, script, clients: 8, seconds: SECONDS }));
      rates.tpcb.push(await pgbench({ url, script: 'tpcb', clients: 8, seconds: SECONDS }));
      rates.one.push(await ours(() => owner(0), `one${round}`, waits));
      rates.row.push(await pgbench({ url, script: hot, clients: 8, seconds: SECONDS }));
      const now = Object.entries(rates).map(([name, list]) => `${name} ${list.at(-1)?.toFixed(0)}/s`);
      console.log(`round ${round + 1}: ${now.join(', ')}`);
    }
    const [entries] = await world.db.execute<{ n: number }>(sql`select count(*)::int as n from journal_entry where command_no ~ '^(many|one)'`);
    assert.equal(entries?.n, posted, 'each posting is one entry');
    assert.deepEqual(
      (await ledgerFaults(world.db)).filter((fault) => !fault.startsWith('entry without its cause') && !fault.startsWith('2241.20')),
      [],
    );
    const m = (name: keyof typeof rates) => median(rates[name]);
    const times = (a: keyof typeof rates, b: keyof typeof rates) => (m(a) / m(b)).toFixed(2);
    console.log(`post() over ${MERCHANTS} merchants, ${IN_FLIGHT} in flight: ${m('ours').toFixed(0)}/s`);
    console.log(`  pgbench with the same function: ${m('same').toFixed(0)}/s, ratio ${times('ours', 'same')} (asked: ≥ 0.80)`);
    console.log(`  pgbench, TPC-B-like: ${m('tpcb').toFixed(0)}/s, ratio ${times('ours', 'tpcb')} (asked: ≥ 1.50)`);
    console.log(`post() on one merchant: ${m('one').toFixed(0)}/s, p50 ${show(median(waits))}, p99 ${show(percentile(waits, 99))} (asked: p99 ≤ 20 ms)`);
    console.log(`  pgbench, eight clients on one row: ${m('row').toFixed(0)}/s, ratio ${times('one', 'row')} (asked: ≥ 1.20)`);
  } finally {
    await lanes.close();
    await world.close();
    await servers.close();
  }
}

const owner = (n: number) => `B${String(n).padStart(14, '0')}`;
const posting = (commandNo: string, merchant: string): Posting => ({
  commandNo,
  event: 'topUp',
  cause: 'bench',
  businessDate: '20261124',
  legs: topUpLegs(merchant, 100),
});
