// What PostgreSQL adds to its files is written back while it runs, and what vanishes or cannot be read hurts nobody.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { writeBack } from '../../stack/write-back.ts';

test('a file that grows is written back while it does, one that rests and those of PostgreSQL’s own databases are not, and it ends with the server', {
  skip: process.platform !== 'linux',
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'zhangfang-write-back-'));
  const [grows, rests, vanishes, own] = ['20000/1', '20000/2', '20000/3', '5/1'].map((name) => join(dir, 'base', name)) as [string, string, string, string];
  for (const database of ['5', '20000']) mkdirSync(join(dir, 'base', database), { recursive: true });
  for (const path of [grows, rests, vanishes, own]) writeFileSync(path, 'page');
  await pause(200);
  const handle = await open(grows);
  const written: string[] = [];
  const sync = mock.method(Object.getPrototypeOf(handle), 'datasync', async function (this: { fd: number }) {
    written.push(readlinkSync(`/proc/self/fd/${this.fd}`));
  });
  await handle.close();
  const server = spawn('sleep', ['60'], { stdio: 'ignore' });
  const began = performance.now();
  const writing = writeBack(dir, server, 500);
  // It does not keep anybody awake.
  const awake = setInterval(() => undefined, 1000);
  try {
    for (let tenth = 0; tenth < 40; tenth++) {
      for (const path of [grows, own]) appendFileSync(path, 'page');
      if (tenth === 18) appendFileSync(vanishes, 'page');
      if (tenth === 20) rmSync(vanishes, { force: true });
      await pause(100);
    }
    server.kill('SIGKILL');
    await writing;
  } finally {
    clearInterval(awake);
    server.kill('SIGKILL');
    sync.mock.restore();
    rmSync(dir, { recursive: true, force: true });
  }
  assert.deepEqual(
    [...new Set(written)].filter((path) => path !== vanishes),
    [grows],
  );
  const seconds = (performance.now() - began) / 1000;
  assert.ok(written.length >= 2 && written.length <= 2 * seconds, `written back ${written.length} times in ${seconds} s`);
});
