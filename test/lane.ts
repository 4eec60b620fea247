// Tills at a lane of 联机业务 itself, without the web before it, so that a story says what goes together and when.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Answered, Incoming } from '../db/online.ts';
import { openOnlineLanes } from '../db/online-lanes.ts';
import { answerText } from '../web/terminal/answers.ts';
import type { World } from './world.ts';

export interface Till {
  merchantNo: string;
  terminalNo: string;
  keyNo: number;
  batchNo: number;
  traceNo: number;
}
export const tillOf = (merchantNo: string, terminalNo: string, traceNo = 0): Till => ({ merchantNo, terminalNo, keyNo: 1, batchNo: 1, traceNo });
let nonces = 0;
export const nextNonce = () => `nonce-${++nonces}`;
export const purchase = (till: Till, amountFen = 100, changes: Partial<Incoming> = {}): Incoming => {
  till.traceNo += 1;
  const { merchantNo, terminalNo, batchNo, traceNo, keyNo } = till;
  const message = { type: 'purchase', merchantNo, terminalNo, batchNo, traceNo, amountFen, original: null, reason: '', cardMask: '', cardHash: '' } as const;
  return { message, content: `purchase ${amountFen}`, keyNo, sentMs: Date.now(), nonce: nextNonce(), ...changes };
};
export const reversalOf = ({ message, ...rest }: Incoming): Incoming => ({
  ...rest,
  message: { ...message, type: 'reversal', reason: '98' },
  content: 'reversal 98',
  nonce: nextNonce(),
});

/** A lane of its own, as another web has it, and where each of its batches was decided. */
export function laneTo(url: string) {
  const from: string[] = [];
  const astray = (error: unknown) => assert.fail(String(error));
  const lanes = openOnlineLanes(url, 1, answerText, { decided: (where) => from.push(where), committed: () => undefined, astray });
  after(() => lanes.close());
  const many = (incoming: Incoming[]) => Promise.all(incoming.map((one) => lanes.take(one)));
  /** Some, and while they are under way others, after which it remembers; what comes then is decided from that. */
  const busy = async (tills: Till[], code = '00') => {
    const some = (n: number) => many(tills.flatMap((till) => Array.from({ length: n }, () => purchase(till))));
    const first = some(1);
    await turn();
    const waiting = await Promise.all([first, some(2)]);
    const answers = [...waiting.flat(), ...(await some(3))];
    assert.deepEqual(new Set(codes(answers)), new Set([code]));
    assert.equal(from.at(-1), 'memory', 'it remembers');
  };
  return { take: lanes.take, many, busy, from };
}
export const codes = (answers: readonly Answered[]) => answers.map(({ code }) => code);

/** What limits count is what stands. */
export const countsHold = async ({ db }: World, merchantNo: string) => {
  const apart = await db.execute(sql`
    with counted as (select 'T' || terminal_no as owner, count(*) as n, sum(net_fen) as fen from terminal_txn where merchant_no = ${merchantNo} and type = 'purchase' and state = 'approved' group by 1
      union all select 'M' || merchant_no, count(*), sum(net_fen) from terminal_txn where merchant_no = ${merchantNo} and type = 'purchase' and state = 'approved' group by merchant_no)
    select owner, n, fen, t.day_count, t.day_fen from counted left join turnover t using (owner) where (n, fen) is distinct from (t.day_count, t.day_fen)`);
  assert.deepEqual([...apart], []);
};
