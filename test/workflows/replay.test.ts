// Histories of every path, kept from earlier runs of the code: today's code must replay each of them.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../activities/bundle.ts';
import { dataConverter } from '../../stack/codec.ts';
import { kindNames, kinds } from '../../workflows/rules/kinds.ts';
import { historiesDir, readHistory } from '../stories.ts';
import { PAYLOAD_KEYS } from '../world.ts';
import { pathNames } from './scenes.ts';

const paths = [
  ...kindNames.flatMap((kind) => pathNames.map((path) => `${kind}.${path}`)),
  'topUp.reject-at-level-2',
  'topUp.return-at-level-2',
  'adjustment',
  'approved',
  'claimed-handed-over',
  'effect-refused',
  'failed-abandoned',
  'failed-retried',
  'forged-and-cancelled',
  'line-return',
  'line-return-refused',
  'merchant-cancellation',
  'merchant-cancellation-rejected',
  'merchant-change',
  'merchant-change-refused',
  'merchant-freeze',
  'merchant-freeze-reject',
  'merchant-freeze-withdraw',
  'merchant-restore',
  'no-worker',
  'policy-change',
  'quota-refund',
  'quota-refund-reject',
  'quota-refund-withdraw',
  'rejected',
  'reminded-escalated-expired',
  'resent',
  'returned-amended-approved',
  'returned-expired',
  'submission-refused',
  'terminal-cancellation',
  'terminal-cancellation-rejected',
  'terminal-change',
  'terminal-registration',
  'terminal-registration-amended-rejected',
  'terminal-registration-refused',
  'top-up-effect-refused',
  'top-up-line-taken',
  'top-up-two-levels',
  'top-up-void',
  'two-reviewers',
  'withdrawn',
];

test('a history is kept of every path', () => {
  const kept = readdirSync(historiesDir).map((file) => file.replace('.history', ''));
  assert.deepEqual(kept.toSorted(), paths.toSorted());
});

test('every kind has a history of its own', () => {
  const prefixes = Object.values(kinds).map((rule) => rule.prefix);
  const kept = paths.map((name) => readHistory(name).events[0]?.workflowExecutionStartedEventAttributes?.workflowId?.slice(0, 2) ?? '');
  assert.deepEqual(
    prefixes.filter((prefix) => !kept.includes(prefix)),
    [],
  );
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
