// Histories of every path, kept from earlier runs of the code: today's code must replay each of them.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../activities/bundle.ts';
import { dataConverter } from '../../stack/codec.ts';
import { historiesDir, readHistory } from '../stories.ts';
import { PAYLOAD_KEYS } from '../world.ts';

const paths = [
  'approved',
  'claimed-handed-over',
  'effect-refused',
  'failed-abandoned',
  'failed-retried',
  'forged-and-cancelled',
  'no-worker',
  'rejected',
  'reminded-escalated-expired',
  'resent',
  'returned-amended-approved',
  'returned-expired',
  'submission-refused',
  'two-reviewers',
  'withdrawn',
];

test('a history is kept of every path', () => {
  const kept = readdirSync(historiesDir).map((file) => file.replace('.history', ''));
  assert.deepEqual(kept.toSorted(), paths);
});

test('every kept history replays on the present code', async () => {
  const histories = paths.map((name) => {
    const history = readHistory(name);
    return { workflowId: history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? name, history };
  });
  let replayed = 0;
  for await (const result of Worker.runReplayHistories({ workflowBundle: await workflowBundle(), dataConverter: dataConverter(PAYLOAD_KEYS) }, histories)) {
    assert.equal(result.error, undefined, `${result.workflowId}: ${result.error?.message}`);
    replayed += 1;
  }
  assert.equal(replayed, paths.length);
});
