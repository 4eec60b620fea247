// A statement of 1,000,000 lines beside psql \copy of the same rows, and candidates for 100,000 open top-ups beside the one SQL join.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { sql } from 'drizzle-orm';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { openMatches } from '../../db/matching.ts';
import { importFile } from '../../web/bank/importing.ts';
import { startServers } from '../servers.ts';
import { OUR_ACCOUNT } from '../statements.ts';
import { median } from './measure.ts';
import { runProgram } from './pgbench.ts';

const LINES = Number(process.env.LINES ?? 1_000_000);
const TOP_UPS = LINES / 10;
const ROUNDS = 3;

export async function benchStatements(): Promise<void> {
  const servers = await startServers(console.log, 1, ['synchronous_commit=on', 'shared_buffers=512MB', 'max_wal_size=8GB', 'work_mem=64MB']);
  Object.assign(process.env, servers.env);
  const { openWorld } = await import('../world.ts');
  const world = await openWorld();
  const { db, databaseUrl, dir } = world;
  const times: Record<'ours' | 'copy', number[]> = { ours: [], copy: [] };
  const seconds = async (list: number[] | null, work: () => Promise<unknown>) => {
    const began = performance.now();
    await work();
    list?.push((performance.now() - began) / 1000);
  };
  try {
    let opening = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const path = join(dir, `million${round}.csv`);
      opening = await writeLines(path, round, opening);
      let progress = 0;
      const peak = watchMemory();
      await seconds(times.ours, async () => {
        const done = await importFile(db, { path, fileName: 'million.csv', accountNo: '', importedBy: 'finance1' }, (lines) => {
          progress = lines;
        });
        assert.deepEqual([done.lines, done.fresh, progress], [LINES, LINES, LINES]);
      });
      const [mine, file] = [peak(), statSync(path).size];
      const out = join(dir, 'rows.copy');
      if (!existsSync(out)) await runProgram('psql', [databaseUrl, '-q', '-c', `\\copy (select * from bank_line limit ${LINES}) to '${out}'`]);
      await world.asOwner('drop table if exists copied; create table copied (like bank_line including defaults)');
      await seconds(times.copy, () => runProgram('psql', [databaseUrl, '-q', '-c', `\\copy copied from '${out}'`]));
      console.log(
        `round ${round + 1}: import ${times.ours.at(-1)?.toFixed(1)} s, \\copy ${times.copy.at(-1)?.toFixed(1)} s, memory +${mine} MB (file ${Math.round(file / 1e6)} MB)`,
      );
    }
    assert.deepEqual((await ledgerFaults(db)).slice(0, 3), []);
    console.log(
      `${LINES} lines: import ${median(times.ours).toFixed(1)} s, \\copy ${median(times.copy).toFixed(1)} s, ratio ${(median(times.ours) / median(times.copy)).toFixed(1)} (asked: ≤ 8)`,
    );
    await matching(world);
  } finally {
    await world.close();
    await servers.close();
  }

  async function matching({ db: base, databaseUrl: url }: typeof world): Promise<void> {
    await base.execute(sql`insert into request (request_no, kind, state, version, revision, submissions, title, merchant_no, amount_fen, maker_code, maker_name, level, levels, waits_for, involved, overdue, submitted_at, due_at, updated_at, whole)
      select 'TU20261120' || lpad(n::text, 6, '0'), 'topUp', 'submitted', 1, 1, 1, '某某商户' || n, '898210154110001', 10000 + n * 7, 'clerk001', '王录入', 1, 1, '03', '{clerk001}', false, now(), now(), now(), '{}' from generate_series(0, ${TOP_UPS - 1}) n`);
    await world.asOwner('analyze request; analyze bank_line; analyze bank_line_use');
    const list: Record<'ours' | 'join', number[]> = { ours: [], join: [] };
    let found = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await seconds(list.ours, async () => {
        found = 0;
        for await (const match of openMatches(base)) found += match.lines.length > 0 ? 1 : 0;
      });
      const query = `select r.request_no, b.id, b.party_name, b.party_account_no, b.note, b.booked_on from request r join bank_line b on b.amount_fen = r.amount_fen and b.direction = 'in' left join bank_line_use u on u.line_id = b.id where u.line_id is null and r.kind = 'topUp' and r.state = 'submitted' order by 1`;
      await seconds(list.join, () => runProgram('psql', [url, '-q', '-A', '-t', '-o', '/dev/null', '-c', query]));
    }
    assert.equal(found, TOP_UPS, 'every top-up has a line of its amount');
    const ratio = median(list.ours) / median(list.join);
    console.log(
      `candidates for ${TOP_UPS} open top-ups against ${LINES * ROUNDS} lines: ${median(list.ours).toFixed(2)} s, the one join ${median(list.join).toFixed(2)} s, ratio ${ratio.toFixed(2)} (asked: ≤ 2)`,
    );
  }
}

/** Lines of 工行 ③ with balances that tie; answers the closing balance. */
async function writeLines(path: string, round: number, opening: number): Promise<number> {
  const out = createWriteStream(path);
  let balance = opening;
  const lines = [`账号,${OUR_ACCOUNT}`, '对方账号,交易时间,对方单位,用途,摘要,附言,余额,转出金额,转入金额'];
  for (let n = 0; n < LINES; n++) {
    const fen = 10_000 + (n % TOP_UPS) * 7;
    balance += fen;
    const at = new Date(Date.UTC(2026, 10, 20 + round, 0, 0, Math.floor(n / 20))).toISOString().slice(0, 19).replace('T', ' ');
    lines.push(`33010204092001${String(n).padStart(6, '0')},${at},某某商户${n},货款,汇款,TU${n},${yuan(balance)},,${yuan(fen)}`);
    if (lines.length >= 20_000) {
      if (!out.write(`${lines.splice(0).join('\n')}\n`)) await once(out, 'drain');
    }
  }
  out.end(`${lines.join('\n')}\n`);
  await finished(out);
  return balance;
}
const yuan = (fen: number) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;

/** Resident memory above what the process had at the start, at its highest, MB; the reading thread is part of this process. */
function watchMemory(): () => number {
  const before = process.memoryUsage().rss;
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 50);
  return () => {
    clearInterval(timer);
    return Math.round((highest - before) / 1024 ** 2);
  };
}
