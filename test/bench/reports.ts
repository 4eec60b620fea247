// Reports: a long export beside exceljs' streaming writer and rust_xlsxwriter, over the same query in the same run; previews over ten million transactions.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { reportPage, reportTotals, rowsQuery } from '../../db/reports.ts';
import type { SignedInCtx } from '../../web/http.ts';
import { planOf } from '../../web/reports/plan.ts';
import { languages } from '../../web/text/index.ts';
import type { Scope } from '../../workflows/rules/reports.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { seedCast } from '../cast.ts';
import { manyTransactions } from '../reports/many.ts';
import { startServers } from '../servers.ts';
import type { World } from '../world.ts';
import { median, percentile, show } from './measure.ts';
import { inboxBesideExports } from './report-beside.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const ROWS = Number(process.env.ROWS ?? 1_000_000);
const LARGE = Number(process.env.LARGE ?? 10_000_000);
const MERCHANT = '898210154110001';
const MERCHANTS = 1000;
const DAYS = 30;
const LEVEL = '1';
const RUST_LEVEL = '6';

interface Run {
  rows: number;
  ms: number;
  peakMiB: number;
}

export async function benchReports(): Promise<void> {
  const rust = buildRust();
  const servers = await startServers(console.log, 1, ['synchronous_commit=off', 'shared_buffers=1GB', 'max_wal_size=8GB']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  try {
    await seedCast(world.db);
    if (process.env.ONLY !== 'beside') await exportsBeside(world, rust);
    await inboxBesideExports(world, ROWS);
    await world.asOwner('truncate terminal_txn');
    if (LARGE > 0) await previews(world);
  } finally {
    await world.close();
    await servers.close();
  }
}

/** rust_xlsxwriter, built once into the cache; null where there is no cargo. */
function buildRust(): string | null {
  const target = join(homedir(), '.cache/zhangfang/xlsx-peer');
  try {
    execFileSync('cargo', ['build', '--release', '--locked', '--quiet', '--manifest-path', 'test/bench/xlsx-peer/Cargo.toml'], {
      env: { ...process.env, CARGO_TARGET_DIR: target },
      stdio: 'inherit',
    });
    return join(target, 'release/xlsx-peer');
  } catch (error) {
    console.log(`rust_xlsxwriter is left out: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

async function exportsBeside(world: World, rust: string | null): Promise<void> {
  const { db, dir, databaseUrl } = world;
  const day = businessDate(Date.now());
  await manyTransactions(db, { n: ROWS, merchantNo: MERCHANT, day });
  await world.asOwner('vacuum analyze terminal_txn');
  const scope: Scope = { merchantNo: MERCHANT, from: day, until: day, basis: 'decided' };
  const ctx = { text: languages.zh, user: { name: '周财务', code: 'finance1' } } as unknown as SignedInCtx;
  const asked = {
    name: 'purchase-details',
    merchant: MERCHANT,
    period: 'range',
    from: day,
    until: day,
    basis: 'decided',
    order: null,
    after: null,
    first: 1,
    faults: {},
    scope,
  } as const;
  const plan = planOf(ctx, asked, { closedAt: null, pending: 0 }, Date.now());
  const one = { ...plan, sheets: plan.sheets.slice(0, 1) };
  const file = (name: string) => join(dir, `${name}.xlsx`);
  const run = (who: string, level: string, rows = ROWS, slow = ''): Run => {
    const env = { ...process.env, TEST_PG: databaseUrl, REPORT: JSON.stringify({ plan: one, scope }) };
    const told = JSON.parse(
      execFileSync(process.execPath, ['--import', 'tsx', 'test/bench/report-writer.ts', who, level, file(who), slow], { env, encoding: 'utf8' }),
    ) as Run;
    assert.equal(told.rows, rows);
    return told;
  };
  const runRust = rust && (await rustRunner(world, rust, { scope, plan: one, out: file('rust') }));
  const seen: Record<string, number[]> = { ours: [], ours6: [], exceljs: [], rust: [] };
  let peak = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const ours = run('ours', LEVEL);
    peak = Math.max(peak, ours.peakMiB);
    seen.ours?.push(ours.ms);
    seen.exceljs?.push(run('exceljs', LEVEL).ms);
    seen.ours6?.push(run('ours', RUST_LEVEL).ms);
    if (runRust) seen.rust?.push(runRust());
    console.log(
      `round ${round + 1}: ${Object.entries(seen)
        .map(([name, list]) => `${name} ${((list.at(-1) ?? 0) / 1000).toFixed(1)} s`)
        .join(', ')}`,
    );
  }
  tell(seen, one.sheets[0]?.columns.length ?? 0, statSync(file('ours')).size);
  const slow = run('ours', LEVEL, ROWS, String(3 * 1_048_576));
  console.log(`  memory above idle: ${peak.toFixed(0)} MiB, ${slow.peakMiB.toFixed(0)} MiB with a reader of 3 MiB/s (asked: ≤ 150)`);
  await db.execute(sql`delete from terminal_txn where terminal_no <> '90000001' or trace_no > 100001`);
  const few = run('ours', LEVEL, 100_000);
  console.log(`  of 100,000 rows: ${few.peakMiB.toFixed(0)} MiB`);
  await world.asOwner('truncate terminal_txn');
}

/** Medians and ratios. */
function tell(seen: Record<string, number[]>, columns: number, bytes: number): void {
  const m = (name: string) => median(seen[name] ?? []);
  console.log(
    `export of ${ROWS} rows, ${columns} columns and a number: ${((ROWS * 1000) / m('ours')).toFixed(0)} rows/s at level ${LEVEL}, ${(bytes / 1_048_576).toFixed(0)} MiB`,
  );
  console.log(`  exceljs' streaming writer: ratio ${(m('exceljs') / m('ours')).toFixed(2)} (asked: ≥ 2.00)`);
  if ((seen.rust ?? []).length > 0)
    console.log(`  rust_xlsxwriter, constant memory, both at level ${RUST_LEVEL}: ratio ${(m('rust') / m('ours6')).toFixed(2)} (asked: ≥ 1.00)`);
}

/** The peer gets the query as text, with the values in it. */
async function rustRunner(
  { db, dir, databaseUrl }: World,
  program: string,
  { scope, plan, out }: { scope: Scope; plan: ReturnType<typeof planOf>; out: string },
): Promise<() => number> {
  const query = rowsQuery(db, 'purchase-details', scope, 'main');
  const { string } = (await query.describe()) as unknown as { string: string };
  const values = (query as unknown as { parameters: { value: unknown }[] }).parameters.map((one) =>
    one !== null && typeof one === 'object' && 'value' in one ? one.value : one,
  );
  const text = string.replace(/\$(\d+)/g, (_, n: string) => `'${String(values[Number(n) - 1]).replaceAll("'", "''")}'`);
  writeFileSync(join(dir, 'query.sql'), text);
  const columns = plan.sheets[0]?.columns ?? [];
  writeFileSync(
    join(dir, 'columns.tsv'),
    columns
      .map(({ key, kind, head, width, words }) =>
        [
          key,
          kind,
          head,
          width,
          Object.entries(words ?? {})
            .map((pair) => pair.join('='))
            .join('|'),
        ].join('\t'),
      )
      .join('\n'),
  );
  return () => {
    const began = performance.now();
    const told = execFileSync(program, [databaseUrl, join(dir, 'query.sql'), join(dir, 'columns.tsv'), out, plan.title], { encoding: 'utf8' });
    assert.equal(Number(told), ROWS);
    return performance.now() - began;
  };
}

/** Ten million transactions over a month of closed days: a day of one merchant, and the month of all. */
async function previews(world: World): Promise<void> {
  const { db } = world;
  const began = Date.now();
  const day = (n: number) => businessDate(Date.now() - n * 86_400_000);
  const perDay = Math.floor(LARGE / DAYS);
  for (let n = DAYS; n > 0; n--) {
    await world.asOwner(`
      insert into terminal_txn (terminal_no, batch_no, trace_no, reversal, merchant_no, type, code, state, amount_fen, net_fen, fee_fen, reason, card_mask, card_hash, business_date, at, balance_fen, content, answer)
      select '8' || lpad((i % ${MERCHANTS})::text, 7, '0'), ${day(n).slice(2)}, i / ${MERCHANTS} + 1, false, '8982101541' || lpad((i % ${MERCHANTS})::text, 5, '0'), 'purchase', '00', 'approved', 100, 100, 0, '', '6222021234', '', '${day(n)}', now() - interval '${n} days', 1000, 'many', ''
      from generate_series(0, ${perDay - 1}) i`);
    await world.asOwner(`insert into day_end values ('${day(n)}', now(), 0, 0, 0, '{}') on conflict do nothing`);
    await db.execute(sql`select keep_totals(${day(n)})`);
  }
  await world.asOwner('vacuum analyze');
  console.log(`${perDay * DAYS} transactions over ${DAYS} closed days made in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  const preview = async (scope: Scope) => {
    const from = performance.now();
    const [rows, totals] = await Promise.all([
      reportPage(db, 'purchase-details', scope, { order: null, after: null, limit: 51 }),
      reportTotals(db, 'purchase-details', scope),
    ]);
    assert.ok(rows.length === 51 && totals.rows > 51);
    return performance.now() - from;
  };
  const times = async (n: number, scope: (i: number) => Scope) => {
    const list: number[] = [];
    for (let i = 0; i < n; i++) list.push(await preview(scope(i)));
    return list;
  };
  const oneDay = await times(200, (i) => {
    const on = day(1 + (i % DAYS));
    return { merchantNo: `8982101541${String((i * 7) % MERCHANTS).padStart(5, '0')}`, from: on, until: on, basis: 'decided' };
  });
  const month = await times(40, () => ({ merchantNo: '', from: day(DAYS), until: day(0), basis: 'decided' }));
  console.log(`preview of a day of one merchant: p50 ${show(median(oneDay))}, p95 ${show(percentile(oneDay, 95))} (asked: ≤ 300 ms)`);
  console.log(`preview of a month of all: p50 ${show(median(month))}, p95 ${show(percentile(month, 95))} (asked: ≤ 1,500 ms)`);
}
