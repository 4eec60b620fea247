// How stories bring money in: a merchant, a bank statement, a top-up.
import assert from 'node:assert/strict';
import { sql } from 'drizzle-orm';
import { importFile } from '../web/bank/importing.ts';
import { shanghaiTime } from '../workflows/rules/time.ts';
import { amountInWords } from '../workflows/rules/words.ts';
import { m1, opening, request } from './cast.ts';
import { type Move, OUR_ACCOUNT, writeStatement } from './statements.ts';
import type { storiesOf } from './stories.ts';
import type { World } from './world.ts';

export const merchantPayer = { name: m1.accountName, account: m1.settlementAccountNo };

export function moneyOf(world: () => World, { start, approve, written }: ReturnType<typeof storiesOf>) {
  let files = 0;

  /** A statement with one more movement, or several, imported; the id of the last line. */
  const receive = async (fens: number | number[], changes: Partial<Move> = {}): Promise<{ line: number }> => {
    const { db, dir } = world();
    const [account] = await db.execute<{ fen: string }>(sql`select balance_fen as fen from bank_account where account_no = ${OUR_ACCOUNT}`);
    files += 1;
    const at = `${shanghaiTime(Date.now()).slice(0, 10)} 10:${String(Math.floor(files / 60)).padStart(2, '0')}:${String(files % 60).padStart(2, '0')}`;
    const path = writeStatement(
      dir,
      `s${files}.csv`,
      '工行三',
      Number(account?.fen ?? 0),
      [fens].flat().map((fen) => ({ at, fen, ...merchantPayer, ...changes })),
    );
    const { fresh } = await importFile(db, { path, fileName: `s${files}.csv`, accountNo: '', importedBy: 'finance1' });
    assert.equal(fresh, [fens].flat().length);
    const [line] = await db.execute<{ id: string }>(sql`select max(id) as id from bank_line`);
    return { line: Number(line?.id) };
  };

  /** An active merchant, by clerk001 and check001. */
  const openMerchant = async (): Promise<string> => {
    const submission = opening();
    const handle = await start(submission);
    await written(submission.requestNo);
    await approve(handle);
    return submission.merchantNo;
  };

  const topUp = (merchantNo: string, fen: number) =>
    start(
      request('topUp', {
        merchantNo,
        title: m1.merchantName,
        amountFen: fen,
        data: { amount: String(fen / 100), amountInWords: amountInWords(fen), payerName: m1.accountName, payerAccountNo: m1.settlementAccountNo },
      }),
    );

  return { receive, openMerchant, topUp };
}
