// 200 requests × 50 parallel decisions: each request has exactly one outcome, and nothing is posted twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { check001, check002, command, opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';

const REQUESTS = 200;
const DECISIONS = 50;
let world: World;
const { start, tell, written } = storiesOf(() => world);
before(async () => {
  world = await openWorld();
  await world.work();
});
after(() => world.close());

test(`${REQUESTS} requests × ${DECISIONS} parallel decisions`, async () => {
  const submissions = Array.from({ length: REQUESTS }, () => opening());
  const handles = await Promise.all(submissions.map(start));
  await Promise.all(handles.map((handle) => written(handle.workflowId)));
  const decide = (n: number) => {
    const by = { ...(n % 2 ? check001 : check002), code: `check${String(n).padStart(3, '0')}` };
    return n % 3 === 0 ? command('reject', by, 1, { reason: '不同意' }) : command('approve', by, 1);
  };
  let late = 0;
  const crowd = (handle: (typeof handles)[number]) =>
    Promise.all(
      Array.from({ length: DECISIONS }, (_, n) =>
        tell(handle, 'decide', decide(n)).catch((error: Error) => void (error.name === 'WorkflowNotFoundError' ? late++ : assert.fail(error))),
      ),
    );
  for (let i = 0; i < handles.length; i += 10) await Promise.all(handles.slice(i, i + 10).map(crowd));
  const results = await Promise.all(handles.map((handle) => handle.result()));
  const numbers = submissions.map((submission) => submission.requestNo);
  const [told] = await world.db.execute<{ decided: number; refused: number }>(sql`
    select count(*) filter (where event->>'type' in ('approved', 'rejected', 'returned'))::int as decided,
      (select sum((whole->>'refusedCount')::int)::int from request where request_no in ${numbers}) as refused from request_event where request_no in ${numbers}`);
  const [books] = await world.db.execute<{ active: number; versions: number; accounts: number }>(sql`
    select (select count(*)::int from merchant where status = 'active') as active, (select count(*)::int from merchant_version) as versions, (select count(*)::int from ledger_account where code = '2241.10') as accounts`);
  const effective = results.filter((result) => result === 'effective').length;
  console.log(
    `${REQUESTS * DECISIONS} decisions: ${told?.decided} taken, ${told?.refused} refused by the workflow, ${late} after the end; ${effective} effective`,
  );
  assert.equal(told?.decided, REQUESTS);
  assert.equal((told?.decided ?? 0) + (told?.refused ?? 0) + late, REQUESTS * DECISIONS);
  assert.deepEqual(books, { active: effective, versions: effective, accounts: effective });
});
