// Projections that were damaged are made anew from workflow histories, and the damage is reported.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { requestEvents } from '../../db/requests.ts';
import { rebuild } from '../../stack/rebuild.ts';
import { check001, command, opening } from '../cast.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';

let world: World;
const { start, say, approve, giveBack, view } = storiesOf(() => world);
before(async () => {
  world = await openWorld();
  await world.work();
});
after(() => world.close());

test('rows changed, lost and invented are found and healed; a second run finds nothing', async () => {
  const handles = await Promise.all(Array.from({ length: 5 }, () => start(opening())));
  await Promise.all(handles.map((handle) => view(handle)));
  const [a, b, c, d] = handles;
  assert.ok(a && b && c && d);
  await approve(a);
  await giveBack(b, 1);
  await say(c, 'comment', command('comment', check001, 1, { reason: '看过' }));
  const whole = async () =>
    JSON.stringify([
      await world.db.execute(sql`select * from request order by request_no`),
      await Promise.all(handles.map((handle) => requestEvents(world.db, handle.workflowId))),
    ]);
  const before = await whole();
  assert.deepEqual((await rebuild(world.db, world.client)).differences, []);

  await world.db.execute(sql`update request set state = 'effective', waits_for = null where request_no = ${b.workflowId}`);
  await world.db.execute(sql`delete from request where request_no = ${c.workflowId}`);
  await world.db.execute(sql`delete from request_event where request_no = ${a.workflowId} and seq = 2`);
  await world.db.execute(sql`insert into request_event values (${d.workflowId}, 9, now(), '{"seq": 9, "type": "approved"}')`);
  await world.db.execute(sql`update request set version = 99, title = '被改过' where request_no = ${d.workflowId}`);
  const { requests, differences } = await rebuild(world.db, world.client);
  assert.equal(requests, 5);
  const found = differences.map(({ requestNo, what }) => `${handles.findIndex((handle) => handle.workflowId === requestNo)} ${what}`);
  assert.deepEqual(found.sort(), [
    '0 event 2 missing or different',
    '1 state differs',

    '2 row missing',
    '3 event 9 never happened',
    '3 title differs',
    '3 version differs',
  ]);
  assert.equal(await whole(), before);
  assert.deepEqual((await rebuild(world.db, world.client)).differences, []);
});
