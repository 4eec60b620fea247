// The drill for a large export: its worker dies in the middle of the file; the next one writes it anew, whole, and nobody has to do anything.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { exportsOf } from '../../db/exports.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { readBook, records } from '../reports/book.ts';
import { manyTransactions } from '../reports/many.ts';
import type { Case } from './cases.ts';

const ROWS = 25_000;
const MERCHANT = '898210154119999';

export const exportCases: Case[] = [
  {
    name: 'export: the worker dies in the middle of the file',
    async run(house) {
      const day = businessDate(Date.now());
      const [seeded] = await house.db.execute<{ n: number }>(sql`select count(*)::int as n from terminal_txn where merchant_no = ${MERCHANT}`);
      if (seeded?.n === 0) await manyTransactions(house.db, { n: ROWS, merchantNo: MERCHANT, day, declined: true });
      const finance = await house.signIn('finance1');
      const earlier = (await exportsOf(house.db, 'finance1', 50)).length;
      const first = house.child('worker').pid;
      house.arm('export.halfway');
      const began = Date.now();
      const { status, location } = await finance.post('/reports/purchase-details/export', { period: 'today' });
      assert.deepEqual([status, location?.startsWith('/exports?begun=EX')], [303, true]);
      const newest = async () => (await exportsOf(house.db, 'finance1', 50))[0];
      await house.until(
        async () => (await exportsOf(house.db, 'finance1', 50)).length === earlier + 1 && (await newest())?.state === 'done',
        120_000,
        'the file',
      );
      const took = Date.now() - began;
      assert.notEqual(house.child('worker').pid, first, 'the worker died');
      const row = await newest();
      const file = await fetch(`${house.base}/exports/${row?.exportNo}/file`, { headers: { cookie: finance.cookieHeader } });
      const bytes = Buffer.from(await file.arrayBuffer());
      assert.equal(createHash('sha256').update(bytes).digest('hex'), row?.sha256);
      const book = await readBook(bytes);
      assert.ok(records(book, 1).length >= ROWS);
      return took;
    },
  },
];
