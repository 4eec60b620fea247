// How stories speak to a workflow: start a request, say something, keep its history for replays.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { findRequest } from '../db/requests.ts';
import { outcomeQuery, type signals, viewQuery } from '../workflows/desk.ts';
import type { Command } from '../workflows/rules/command.ts';
import type { Outcome, Request, Submission } from '../workflows/rules/request.ts';
import { startingAttributes } from '../workflows/search-attributes.ts';
import { check001, clerk001, command } from './cast.ts';
import type { World } from './world.ts';

const { History } = proto.temporal.api.history.v1;
export const readHistory = (name: string) => History.decode(readFileSync(`${historiesDir}${name}.history`));
export const historiesDir = fileURLToPath(new URL('./histories/', import.meta.url));

async function patiently<T>(ask: () => Promise<T | null>): Promise<T> {
  for (let i = 0; i < 600; i++) {
    const answer = await ask();
    if (answer !== null) return answer;
    await pause(Math.min(50, 5 + i * 5));
  }
  throw new Error('waited 30 s in vain');
}

export function storiesOf(world: () => World) {
  const start = (submission: Submission): Promise<WorkflowHandle> =>
    world().client.workflow.start(submission.kind, {
      workflowId: submission.requestNo,
      taskQueue: 'backoffice',
      args: [submission],
      typedSearchAttributes: startingAttributes(submission.kind, submission.actor.code, submission),
    });

  const say = async (handle: WorkflowHandle, signal: keyof typeof signals, what: Command): Promise<Outcome | null> => {
    await tell(handle, signal, what);
    return outcome(handle, what.commandId);
  };

  /** Lays a command on the tray of this request. */
  const tell = (handle: WorkflowHandle, signal: string, what: Command) => handle.signal(signal, { ...what, requestNo: handle.workflowId });

  /** What came of a command, once it has been saved. */
  const outcome = (handle: WorkflowHandle, commandId: string) => patiently(() => handle.query(outcomeQuery, commandId));

  /** The request, once everything about it has been saved. */
  const view = (handle: WorkflowHandle): Promise<Request> =>
    patiently(async () => {
      const { request, settled } = await handle.query(viewQuery);
      return settled ? request : null;
    });

  /** Until the rows of a request are written; asks only the database, so that the workflow is not disturbed. */
  const written = (requestNo: string) => patiently(() => findRequest(world().db, requestNo));

  const approve = async (handle: WorkflowHandle) => say(handle, 'decide', command('approve', check001, (await view(handle)).revision));

  const giveBack = (handle: WorkflowHandle, revision: number) => say(handle, 'decide', command('return', check001, revision, { reason: '资料不清' }));

  const amend = async (handle: WorkflowHandle, changes: Record<string, string>) => {
    const { data, title, merchantNo, amountFen, revision } = await view(handle);
    return say(handle, 'amend', command('amend', clerk001, revision, { content: { data: { ...data, ...changes }, title, merchantNo, amountFen } }));
  };

  /** Kept once, and again only when asked (`KEEP=1`): running requests must replay on tomorrow's code. */
  const keep = async (name: string, handle: WorkflowHandle): Promise<void> => {
    const file = `${historiesDir}${name}.history`;
    if (existsSync(file) && process.env.KEEP !== '1') return;
    writeFileSync(file, History.encode(await handle.fetchHistory()).finish());
  };

  return { start, tell, say, outcome, view, written, approve, giveBack, amend, keep };
}
