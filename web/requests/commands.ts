// How the web speaks to a request's workflow: lay a signal, then ask what came of it.
import { ServiceError, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { audit } from '../../db/audit.ts';
import { findRequest, recordedOutcome } from '../../db/requests.ts';
import { crashPoint } from '../../stack/crash.ts';
import { outcomeQuery, type signals } from '../../workflows/desk.ts';
import type { Command } from '../../workflows/rules/command.ts';
import type { Refusal } from '../../workflows/rules/refusals.ts';
import type { Outcome, Submission } from '../../workflows/rules/request.ts';
import { startingAttributes } from '../../workflows/search-attributes.ts';
import type { Deps } from '../http.ts';

/** How long a page waits for a worker before it says that the command is recorded and will take effect. */
const PATIENCE_MS = 3000;
/** How long Temporal itself may take to accept something. */
const ACCEPT_MS = 5000;

export type Answer =
  | { kind: 'outcome'; outcome: Outcome }
  /** Accepted by Temporal; no worker has answered yet. */
  | { kind: 'recorded' }
  | { kind: 'refused'; refusal: Refusal }
  /** Nothing was accepted. */
  | { kind: 'unreachable' }
  /** Perhaps accepted: repeating it is safe. */
  | { kind: 'uncertain' };

/** The commit point of a submission: once Temporal has accepted the start, nothing else need be alive. The number is the workflow id, so a second start finds the first. */
export async function submit(deps: Deps, submission: Submission, title: string): Promise<'started' | 'already' | 'unreachable' | 'uncertain'> {
  const { temporal, settings } = deps;
  try {
    await temporal.withDeadline(Date.now() + ACCEPT_MS, () =>
      temporal.workflow.start(submission.kind, {
        workflowId: submission.requestNo,
        taskQueue: settings.TEMPORAL_TASK_QUEUE,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        args: [submission],
        typedSearchAttributes: startingAttributes(submission.kind, submission.actor.code, submission),
        staticSummary: title,
      }),
    );
    crashPoint('web.afterStart');
    return 'started';
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already';
    return weather(error);
  }
}

/** Whether the workflow of a number exists; null when Temporal does not answer. */
export async function exists(deps: Deps, requestNo: string): Promise<boolean | null> {
  try {
    await deps.temporal.withDeadline(Date.now() + PATIENCE_MS, () => deps.temporal.workflow.getHandle(requestNo).describe());
    return true;
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? false : null;
  }
}

/** True once a worker has taken the request in hand and its rows are written, which the first news of it tells as well. */
export async function settled(deps: Deps, requestNo: string): Promise<boolean> {
  return (await patiently(deps, requestNo, async (heard) => heard || (await findRequest(deps.db, requestNo)) || null)) !== null;
}

/** Lays a command on the tray and asks what came of it. A command for a closed request is refused, and the attempt goes to the audit log. */
export async function send(deps: Deps, requestNo: string, signal: keyof typeof signals, command: Command, address: string): Promise<Answer> {
  const handle = deps.temporal.workflow.getHandle(requestNo);
  try {
    await deps.temporal.withDeadline(Date.now() + ACCEPT_MS, () => handle.signal(signal, command));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) return { kind: weather(error) };
    // The rows of its last step were written before it closed, so there is nothing to wait for.
    const earlier = await recordedOutcome(deps.db, requestNo, command.commandId);
    if (earlier) return { kind: 'outcome', outcome: earlier };
    const detail = { tried: command.action, refusal: 'already_decided', commandId: command.commandId };
    await deps.db.transaction((tx) => audit(tx, { by: command.actor, action: 'request.refused', object: requestNo, detail, address }));
    return { kind: 'refused', refusal: 'already_decided' };
  }
  const outcome = await outcomeOf(deps, requestNo, command.commandId, true);
  return outcome ? { kind: 'outcome', outcome } : { kind: 'recorded' };
}

/**
 * What came of a command, or null when no worker has answered in time. Read from the rows that the step itself wrote: a query that meets a workflow
 * task with a local activity under way costs three events more (docs/decisions.md). Only what the rows do not tell is asked of the workflow.
 */
export async function outcomeOf(deps: Deps, requestNo: string, commandId: string, just = false): Promise<Outcome | null> {
  const { temporal } = deps;
  const told = await patiently(deps, requestNo, () => recordedOutcome(deps.db, requestNo, commandId), just);
  return told ?? temporal.withDeadline(Date.now() + 300, () => temporal.workflow.getHandle(requestNo).query(outcomeQuery, commandId)).catch(() => null);
}

/**
 * Asks again with each news of the request, and a little later each time without any, until there is an answer or the patience of a page is over. What was
 * `just` given to Temporal is asked for with the first news only: there is no answer yet, and a question keeps the worker from finding one.
 */
export async function patiently<T>({ live }: Deps, requestNo: string, ask: (heard: boolean) => Promise<T | null>, just = false): Promise<T | null> {
  const until = Date.now() + PATIENCE_MS;
  let heard = just && (await live.next(requestNo, 40));
  for (let wait = 40; ; wait = Math.min(100, wait * 1.5)) {
    // Before asking, so that what is told meanwhile is heard.
    const news = live.next(requestNo, wait);
    const answer = await ask(heard);
    if (answer !== null || Date.now() > until) return answer;
    heard = await news;
  }
}

/** A connection that was never made carried nothing; one that broke, or a deadline that passed, may have. */
function weather(error: unknown): 'unreachable' | 'uncertain' {
  const cause = error instanceof ServiceError ? error.cause : error;
  const { code, details = '' } = (cause ?? {}) as { code?: number; details?: string };
  if (code === 14 && /ECONNREFUSED|No connection established/i.test(details)) return 'unreachable';
  if (code === 14 || code === 4 || code === 1) return 'uncertain';
  throw error;
}
