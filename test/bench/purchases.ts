// Purchases through HTTP, with signature, idempotency, limits and journal, beside pgbench and a bare node:http, on the same PostgreSQL in the same run.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { startServers } from '../servers.ts';
import type { World } from '../world.ts';
import { type Counter, merchantOf, openCounters, purchaseAt, QUOTA_FEN } from './counters.ts';
import { load } from './load.ts';
import { median, percentile, show } from './measure.ts';
import { pgbench, preparePeers } from './pgbench.ts';
import { ended, startWeb } from './web-process.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SECONDS = 6;
const MERCHANTS = 1000;
const IN_FLIGHT = 64;
/** The same at the one merchant that everybody pays at. */
const AT_ONE_IN_FLIGHT = Number(process.env.AT_ONE_IN_FLIGHT ?? 256);
/** Before a run is counted it goes on for so long: a web that did nothing meanwhile, or whose merchants paid elsewhere, has to find its way again. */
const RAMP_SECONDS = 1;
/** So many are signed before a run begins. */
const SIGNED = 60_000;
/** Terminals of the one merchant that everybody pays at. */
const AT_ONE = 64;
const FEN = 100;
const APPROVED = '{"code":"00"';
const SMALL = 100_000;
const LARGE = Number(process.env.LARGE ?? 10_000_000);

type Names = 'ours' | 'tpcb' | 'same' | 'echo' | 'one' | 'row';

export async function benchPurchases(): Promise<void> {
  const servers = await startServers(console.log, 1, ['synchronous_commit=on', 'shared_buffers=1GB', 'max_wal_size=8GB', 'min_wal_size=2GB']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  const counters = await openCounters(world, MERCHANTS, AT_ONE);
  const hot = await preparePeers(world);
  // A server that has run for a while writes over its log's segments; a new one would make each of them first, 50 to 80 ms in which nothing is committed.
  await world.asOwner(`select count(pg_logical_emit_message(false, 'bench', repeat('x', 1000000))) from generate_series(1, 1800)`);
  for (const statement of ['checkpoint', 'checkpoint', 'vacuum analyze']) await world.asOwner(statement);
  const web = await startWeb(world);
  const echo = await startEcho();
  try {
    await rates(world, hot, counters, { port: Number(new URL(web.base).port), echoPort: echo.port });
    if (LARGE > 0) await large(world, counters, Number(new URL(web.base).port));
  } finally {
    echo.process.kill('SIGKILL');
    await ended(web.process);
    await world.close();
    await servers.close();
  }
}

/** What is needed to pay at a web. */
interface Till {
  port: number;
  pick: () => Counter;
}
// Signed beforehand: terminals have processors of their own. What was signed and never sent leaves gaps in the numbers, as a terminal that fails does.
const signed = (pick: () => Counter, n: number) => Array.from({ length: n }, () => purchaseAt(pick(), FEN));

/** Closed loop of `width` for a while. */
const purchases = ({ port, pick }: Till, width = IN_FLIGHT) =>
  load({ port, width, requests: signed(pick, SIGNED), ramp: RAMP_SECONDS, seconds: SECONDS, want: APPROVED });

async function rates(
  world: World,
  hot: { file: string; text: string },
  counters: Counter[],
  { port, echoPort }: Record<'port' | 'echoPort', number>,
): Promise<void> {
  const { databaseUrl: url, dir, db } = world;
  const many = { port, pick: () => counters[Math.floor(Math.random() * MERCHANTS)] as Counter };
  const one = { port, pick: () => counters[MERCHANTS + Math.floor(Math.random() * AT_ONE)] as Counter };
  const bare = { port: echoPort, width: IN_FLIGHT, requests: signed(many.pick, 1000), again: true, ramp: RAMP_SECONDS, seconds: SECONDS };
  const same = { file: join(dir, 'purchase.sql'), text: sameStatements() };
  const seen: Record<Names, number[]> = { ours: [], tpcb: [], same: [], echo: [], one: [], row: [] };
  // A web that just started compiles its code and opens keys of terminals in its first seconds; the peers have nothing like it.
  let [done, atOne] = [0, 0];
  for (let n = 0; n < 2; n++) done += (await purchases(many)).done;
  atOne += (await purchases(one, AT_ONE_IN_FLIGHT)).done;
  for (let round = 0; round < ROUNDS; round++) {
    const ours = await purchases(many);
    seen.ours.push(ours.rate);
    done += ours.done;
    seen.tpcb.push(await pgbench({ url, script: 'tpcb', clients: 8, seconds: SECONDS }));
    seen.same.push(await pgbench({ url, script: same, clients: 8, seconds: SECONDS }));
    // The peer that looks at nothing gets the same again and again.
    seen.echo.push((await load(bare)).rate);
    const single = await purchases(one, AT_ONE_IN_FLIGHT);
    seen.one.push(single.rate);
    atOne += single.done;
    seen.row.push(await pgbench({ url, script: hot, clients: 8, seconds: SECONDS }));
    console.log(
      `round ${round + 1}: ${Object.entries(seen)
        .map(([name, list]) => `${name} ${list.at(-1)?.toFixed(0)}/s`)
        .join(', ')}`,
    );
  }
  const half = median(seen.ours) / 2;
  // The ramp, since the peer's last run has left the web's memory to rest and the disk with much to write.
  const ramp = SECONDS / 2;
  const seconds = SECONDS * 4;
  const requests = signed(many.pick, Math.ceil(half * (ramp + seconds)));
  const open = await load({ port, width: 1024, requests, ramp, seconds, rate: half, want: APPROVED });
  done += open.done;
  const [kept] = await db.execute<{ n: number; fen: string }>(
    sql`select count(*)::int as n, sum(net_fen) as fen from terminal_txn where code = '00' and content not like 'bench%'`,
  );
  assert.deepEqual([kept?.n, Number(kept?.fen)], [done + atOne, (done + atOne) * FEN], 'each answered purchase is one transaction');
  const [spent] = await db.execute<{ fen: string; n: number }>(
    sql`select balance_fen as fen, (select count(*)::int from terminal_txn where merchant_no = ${merchantOf(0)} and code = '00') as n from ledger_account where code = '2241.10' and owner = ${merchantOf(0)}`,
  );
  assert.equal(Number(spent?.fen), QUOTA_FEN - (spent?.n ?? 0) * FEN, 'the quota of the one is exact');
  const faults = (await ledgerFaults(db)).filter((fault) => !/^(entry without its cause|2241.20)/.test(fault));
  assert.deepEqual(faults.slice(0, 3), []);
  const m = (name: Names) => median(seen[name]);
  const times2 = (a: Names, b: Names) => (m(a) / m(b)).toFixed(2);
  const smaller = m('echo') < m('same') ? 'echo' : 'same';
  console.log(`purchases over ${MERCHANTS} merchants, ${IN_FLIGHT} in flight: ${m('ours').toFixed(0)}/s`);
  console.log(`  pgbench, TPC-B-like: ${m('tpcb').toFixed(0)}/s, ratio ${times2('ours', 'tpcb')} (asked: ≥ 0.80)`);
  console.log(
    `  node:http echo ${m('echo').toFixed(0)}/s, pgbench with the same functions ${m('same').toFixed(0)}/s: ratio to the smaller ${times2('ours', smaller)} (asked: ≥ 0.60)`,
  );
  console.log(`open loop at ${half.toFixed(0)}/s: p50 ${show(median(open.times))}, p99 ${show(percentile(open.times, 99))} (asked: p99 ≤ 25 ms)`);
  console.log(
    `all on one merchant, ${AT_ONE_IN_FLIGHT} in flight: ${m('one').toFixed(0)}/s; pgbench, eight clients on one row: ${m('row').toFixed(0)}/s, ratio ${times2('one', 'row')} (asked: ≥ 2.00)`,
  );
}

/** The functions that a batch of purchases calls, as eight clients of pgbench call them for one purchase each. */
function sameStatements(): string {
  const day = businessDate(Date.now());
  return `\\set m random(0, ${MERCHANTS - 1})
\\set c random(1, 999999)
\\set b random(1, 900000)
begin;
select id, fen, lines, revision from ledger_hold(array['8982101541' || (10000 + :m)]) \\gset
select online_scene(array['8982101541' || (10000 + :m)], array[(20000000 + :m)::text], array[(20000000 + :m)::text], array[1000 + :b::int], array[:c::int], array[:c::bigint], array[(20000000 + :m)::text], array['n' || :b], '${day}');
select ledger_post_batch(pg_current_xact_id()::text, '${day}', array[(20000000 + :m)::text || '/' || lpad((1000 + :b)::text, 6, '0') || '/' || lpad(:c::text, 6, '0')], array['purchase'], array[(20000000 + :m)::text || '/' || lpad((1000 + :b)::text, 6, '0') || '/' || lpad(:c::text, 6, '0')], array[null::text], array['2241.10', '2202.01'], array['8982101541' || (10000 + :m), ''], array[:id::int, null], array[:fen::bigint, null], array[:lines::int, null], array[:revision::bigint, null], nextval('terminal_txn_id_seq'), array[1, 1], array[1, 2], array[100::bigint, 0], array[0::bigint, 100]);
select online_write(pg_current_xact_id()::text, array[nextval('terminal_txn_id_seq')], array[(20000000 + :m)::text], array[1000 + :b::int], array[:c::int], array['8982101541' || (10000 + :m)], array['purchase'], array['00'], array['approved'], array[100::bigint], array[100::bigint],
  array[0::bigint], array[0::bigint], array[0::bigint], array[null::bigint], array[''], array[''], array[''], '${day}', 1795600000000, array[1::bigint], array['bench'], array['${'x'.repeat(220)}'],
  array['M8982101541' || (10000 + :m), 'T' || (20000000 + :m)], array['${day.slice(0, 6)}', '${day.slice(0, 6)}'], array['${day}', '${day}'], array[1, 1], array[100::bigint, 100], array[1, 1], array[100::bigint, 100], array[:c::bigint], array[(20000000 + :m)::text], array['n' || :b], null, null, null);
commit;
`;
}

/** The same load with few and with many transactions present. */
async function large(world: World, counters: Counter[], port: number): Promise<void> {
  const many = { port, pick: () => counters[Math.floor(Math.random() * MERCHANTS)] as Counter };
  const measured = async () => {
    for (const statement of ['vacuum analyze', 'checkpoint']) await world.asOwner(statement);
    await purchases(many);
    const list: number[] = [];
    for (let round = 0; round < ROUNDS; round++) list.push((await purchases(many)).rate);
    return median(list);
  };
  await fill(world, SMALL, 0);
  const few = await measured();
  await fill(world, LARGE, SMALL);
  const lots = await measured();
  console.log(`with ${LARGE} transactions present ${lots.toFixed(0)}/s, with ${SMALL} ${few.toFixed(0)}/s, ratio ${(lots / few).toFixed(2)} (asked: ≥ 0.80)`);
}

/** Past transactions with their entries and lines, as purchases leave them, of earlier batches and days. */
async function fill(world: World, upTo: number, from: number): Promise<void> {
  const began = performance.now();
  for (let at = from; at < upTo; at += 500_000) {
    const to = Math.min(upTo, at + 500_000);
    await world.asOwner(`
      insert into terminal_txn (terminal_no, batch_no, trace_no, reversal, merchant_no, type, code, state, amount_fen, net_fen, fee_fen, reason, card_mask, card_hash, business_date, at, content, answer)
        select (20000000 + n % ${MERCHANTS})::text, 500 + n / 1000000, 1 + n / ${MERCHANTS} % 999999, false, '8982101541' || (10000 + n % ${MERCHANTS}), 'purchase', '00', 'approved', 100, 100, 0, '', '', '',
          to_char(date '2025-11-01' + (n / 30000), 'YYYYMMDD'), timestamptz '2025-11-01' + n * interval '3 seconds', 'bench', repeat('x', 220) from generate_series(${at}, ${to} - 1) n;
      with e as (insert into journal_entry (command_no, content, event, cause, business_date, at) select 'past/' || n, md5(n::text), 'purchase', 'past/' || n, to_char(date '2025-11-01' + (n / 30000), 'YYYYMMDD'), now() from generate_series(${at}, ${to} - 1) n returning id)
      insert into journal_line (entry_id, n, account_id, debit_fen, credit_fen) select id, 1, 20 + id % ${MERCHANTS}, 100, 0 from e union all select id, 2, 6, 0, 100 from e`);
  }
  console.log(`${upTo} transactions present after ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

async function startEcho(): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/echo-server.ts'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, port: Number(line.toString().trim()) };
}
