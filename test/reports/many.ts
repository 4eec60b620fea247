// Transactions by the ten thousand, without a terminal behind them, for stories about long reports.
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../db/connect.ts';

/** `n` transactions of a merchant on a day from `at` on (SQL of a moment): declined ones move no money, so that the books hold without entries. */
export function manyTransactions(
  db: Db,
  { n, merchantNo, day, at = sql`now()`, declined = false }: { n: number; merchantNo: string; day: string; at?: SQL; declined?: boolean },
): Promise<unknown> {
  const [code, state] = declined ? ['51', 'declined'] : ['00', 'approved'];
  return db.execute(sql`
    insert into terminal_txn (terminal_no, batch_no, trace_no, reversal, merchant_no, type, code, state, amount_fen, net_fen, fee_fen, reason, card_mask, card_hash, business_date, at, balance_fen, content, answer)
    select '9' || lpad((i / 900000 + 1)::text, 7, '0'), ${Number(day.slice(2))}, i % 900000 + 1, false, ${merchantNo}, 'purchase', ${code}::text, ${state}::text, 100 + i % 900000, case when ${declined} then 0 else 100 + i % 900000 end, case when ${declined} then 0 else i % 50 end, '', '6222021234', '', ${day}, ${at} + i * interval '1 millisecond', 100000000 - i, 'many', ''
    from generate_series(1, ${n}::int) i`);
}
