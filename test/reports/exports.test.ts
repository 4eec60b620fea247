// Large exports: made by a workflow on a queue of its own, with progress, cancelled when somebody says so, kept for their owner, on record.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { findExport } from '../../db/exports.ts';
import { typedDay } from '../../workflows/rules/calendar-day.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { openSite, type Person, type Site, signInAt } from '../web/site.ts';
import { openWorld, type World } from '../world.ts';
import { readBook, records, sumsOf } from './book.ts';
import { manyTransactions } from './many.ts';

let world: World;
let site: Site;
let finance: Person;
const ROWS = 30_000;
const MERCHANT = '898210154110001';
before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world, { DATA_DIR: world.dir });
  finance = await signInAt(site.base, 'finance1');
  await manyTransactions(world.db, { n: ROWS, merchantNo: MERCHANT, day: businessDate(Date.now()) });
});
after(async () => {
  await site.close();
  await world.close();
});

const ask = async (what: Record<string, string> = { period: 'today' }): Promise<string> => {
  await finance.get('/reports/purchase-details');
  const { status, location } = await finance.post('/reports/purchase-details/export', what);
  assert.equal(status, 303);
  const no = /^\/exports\?begun=(EX\d{18})$/.exec(location ?? '')?.[1];
  assert.ok(no, String(location));
  return no;
};
const since = (days: number) => ({ period: 'range', from: typedDay(businessDate(Date.now() - days * 86_400_000)), until: typedDay(businessDate(Date.now())) });
const ends = async (no: string, state: string) => {
  for (let n = 0; n < 600; n++) {
    if ((await findExport(world.db, no))?.state === state) return;
    await pause(50);
  }
  assert.fail(`${no} is ${(await findExport(world.db, no))?.state}, not ${state}`);
};
const path = (no: string) => join(world.dir, 'exports', `${no}.xlsx`);

test('above 20,000 rows: asked, waits until a worker of that queue comes, shows its progress, is downloaded whole, by its owner alone', async () => {
  const no = await ask();
  await ends(no, 'running');
  assert.match((await finance.get('/exports')).html, new RegExp(`${no}[\\s\\S]*<progress max="${ROWS}" value="0"`));
  const stop = await world.workExports();
  await ends(no, 'done');
  await stop();
  const row = await findExport(world.db, no);
  assert.deepEqual([row?.written, row?.rows], [ROWS, ROWS]);
  const answer = await fetch(`${site.base}/exports/${no}/file`, { headers: { cookie: finance.cookieHeader } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  assert.equal(createHash('sha256').update(bytes).digest('hex'), row?.sha256);
  const book = await readBook(bytes, answer.headers.get('content-disposition') ?? '');
  assert.match(book.fileName, /^商户消费日明细报表_全部商户_.*\.xlsx$/);
  const rows = records(book);
  const [sum] = await world.db.execute<{ fen: string }>(sql`select sum(net_fen) as fen from terminal_txn`);
  assert.deepEqual([rows.length, rows[ROWS - 1]?.['序号'], sumsOf(book)['交易金额']], [ROWS, ROWS, Number(sum?.fen) / 100]);
  const leader = await signInAt(site.base, 'leader01');
  assert.equal((await leader.get(`/exports/${no}/file`)).status, 404);
  assert.equal((await leader.post(`/exports/${no}/cancellation`)).status, 404);
  assert.doesNotMatch((await leader.get('/exports')).html, new RegExp(no));
  assert.equal((await (await signInAt(site.base, 'admin001')).get(`/exports/${no}/file`)).status, 403);
  const log = await world.db.execute<{ action: string; detail: { rows: number; period?: string } }>(
    sql`select action, detail from audit_log where action like 'report.%' order by id`,
  );
  assert.deepEqual(
    log.map(({ action, detail }) => [action, detail.rows]),
    [
      ['report.exported', ROWS],
      ['report.downloaded', ROWS],
    ],
  );
});

test('cancelled: nothing is left, and nothing can be downloaded; five clicks are one export, a fourth at once is refused', async () => {
  const first = await ask();
  await ends(first, 'running');
  await finance.get('/exports');
  assert.equal((await finance.post(`/exports/${first}/cancellation`)).status, 303);
  const stop = await world.workExports();
  await ends(first, 'cancelled');
  await stop();
  assert.equal((await finance.get(`/exports/${first}/file`)).status, 404);
  assert.equal(existsSync(path(first)), false);
  await finance.post(`/exports/${first}/cancellation`);
  const cancels = await world.db.execute(sql`select 1 from audit_log where action = 'report.cancelled'`);
  assert.equal(cancels.length, 1, 'what is over is not cancelled once more');
  const clicks = await Promise.all(Array.from({ length: 5 }, () => ask()));
  assert.equal(new Set(clicks).size, 1);
  await ends(clicks[0] ?? '', 'running');
  await ask(since(1));
  await ask(since(2));
  assert.equal((await finance.post('/reports/purchase-details/export', since(3))).status, 429);
  const [asked] = await world.db.execute<{ n: number }>(
    sql`select count(*)::int as n from audit_log where action = 'report.exported' and detail ->> 'exportNo' <> ''`,
  );
  assert.equal(asked?.n, 5, 'each that began is on record, and no other');
});
