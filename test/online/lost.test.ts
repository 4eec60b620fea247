// The connection of a lane is lost while a batch is being written, and once more at its commit: the batch is done again, once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'drizzle-orm';
import { onlineStories } from '../online.ts';

const here = onlineStories();
const { openShop, available, booksHold } = here;

/** The next `times` transactions that write a terminal's message lose their connection: as they write, or as they commit. */
const losing = (when: 'write' | 'commit', times: number) =>
  here.world.asOwner(`
    create sequence lost_${when};
    grant select on lost_${when} to zhangfang_app;
    create function lose_${when}() returns trigger language plpgsql security definer as $$
    begin
      if nextval('lost_${when}') <= ${times} then perform pg_terminate_backend(pg_backend_pid()); end if;
      return null;
    end $$;
    create constraint trigger lose_${when} after insert on terminal_txn ${when === 'commit' ? 'deferrable initially deferred' : ''} for each row execute function lose_${when}()`);
const losses = async (when: 'write' | 'commit') =>
  Number((await here.world.db.execute<{ n: string }>(sql.raw(`select last_value as n from lost_${when}`)))[0]?.n) - 1;

for (const when of ['write', 'commit'] as const)
  test(`lost at the ${when}: every purchase is answered 00 and stands once`, async () => {
    const { merchantNo, terminals } = await openShop(100_000, 3);
    await losing(when, 2);
    const answers = await Promise.all(terminals.map((terminal) => terminal.purchase(700)));
    assert.deepEqual(
      answers.map(({ code }) => code),
      ['00', '00', '00'],
    );
    assert.ok((await losses(when)) >= 2, 'connections were lost');
    const rows = await here.world.db.execute(sql`select amount_fen from terminal_txn where merchant_no = ${merchantNo}`);
    assert.deepEqual([rows.length, await available(merchantNo)], [3, 100_000 - 3 * 700]);
    await booksHold();
  });
