// The supervisor and the crash points, with real kills (the whole drill is `npm run drill`).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { lives } from '../../stack/child.ts';
import { services } from '../../stack/roster.ts';
import { cases } from './cases.ts';
import { House } from './house.ts';

const house = new House();
before(async () => {
  console.log(`first start: ready after ${await house.start()} ms`);
});
after(() => house.close());

for (const { name, run, rare } of cases) {
  if (rare) continue;
  test(`${name}: twice, nothing lost, nothing doubled`, async () => {
    const [clerk, check] = [await house.signIn('clerk001'), await house.signIn('check001')];
    for (let i = 0; i < 2; i++) {
      console.log(`${name}: recovered in ${await run(house, clerk, check)} ms`);
      await house.ready();
    }
  });
}

for (const service of ['web', 'worker', 'temporal', 'postgres'] as const) {
  test(`kill -9 of ${service} is survived: it is started again, the others stay`, async () => {
    await house.ready();
    const others = services.filter((one) => one !== service).map((one) => [one, house.child(one).pid]);
    console.log(`${service}: serves again after ${await house.kill(service)} ms`);
    assert.deepEqual(
      others,
      services.filter((one) => one !== service).map((one) => [one, house.child(one).pid]),
    );
    assert.equal((await (await house.signIn('clerk001')).get('/merchant-openings')).status, 200);
  });
}

test('a second start on the same data says so and leaves the first alone', async () => {
  const before = services.map((service) => house.child(service).pid);
  const second = house.launch();
  await once(second, 'exit');
  assert.match(house.output, /already runs on .*It is left alone/);
  assert.deepEqual(
    services.map((service) => house.child(service).pid),
    before,
  );
  assert.ok(services.every((service) => lives(house.child(service))));
});

test('of many that start at once on one folder exactly one gets it, also when a dead one still holds it', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'zhangfang-claim-'));
  writeFileSync(join(dataDir, 'supervisor.lock'), JSON.stringify({ pid: 999_999_999, born: '1' }));
  const script = `const { claim } = await import('./stack/roster.ts'); console.log(claim(process.argv[1]) ? 'mine' : 'taken'); setTimeout(() => {}, 3000);`;
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      return chunk.toString().trim();
    }),
  );
  assert.deepEqual(answers.toSorted(), ['mine', ...Array(7).fill('taken')]);
  rmSync(dataDir, { recursive: true, force: true });
});

test('kill -9 of the supervisor: the next start takes over what is left, with all the data', async () => {
  const left = services.map((service) => house.child(service));
  const dead = house.supervisor;
  assert.ok(dead?.pid);
  dead.kill('SIGKILL');
  await once(dead, 'exit');
  assert.ok(left.every(lives), 'the children live on without their supervisor');
  const took = await house.start();
  console.log(`taken over: ready after ${took} ms`);
  assert.match(house.output, /taking over/);
  assert.ok(
    left.every((started) => !lives(started)),
    'nothing of the old one is left',
  );
  assert.match((await (await house.signIn('check001')).get('/merchants')).html, /沈阳和泰商贸有限公司/);
});

test('Ctrl-C stops everything; the second start is ready within 10 s', async () => {
  const children = services.map((service) => house.child(service));
  assert.deepEqual(await house.stop(), []);
  assert.ok(children.every((started) => !lives(started)));
  const took = await house.start();
  console.log(`second start: ready after ${took} ms`);
});
