// Which task queues of Temporal are read in one part: those of a database that never knew more.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { partitions } from '../../stack/temporal.ts';

const written = 'matching.numTaskqueueWritePartitions=1';
const read = 'matching.numTaskqueueReadPartitions=1';
const said = (dbFile: string) => partitions(dbFile).filter((one) => one !== '--dynamic-config-value');

test('a new database is written and read in one part, also when it is started again; an older one is read in all of its parts', () => {
  const dir = mkdtempSync(join(tmpdir(), 'partitions-'));
  try {
    const fresh = join(dir, 'temporal', 'fresh.db');
    assert.deepEqual(said(fresh), [written, read]);
    writeFileSync(fresh, 'x');
    assert.deepEqual(said(fresh), [written, read]);
    const older = join(dir, 'older.db');
    writeFileSync(older, 'x');
    assert.deepEqual(said(older), [written]);
    assert.deepEqual(said(older), [written]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
