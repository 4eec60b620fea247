// The story that every lifecycle tells: handed in, decided, and then effective or not. What it does to the outside world are the three steps it names.
import { ApplicationFailure, CancellationScope, proxyLocalActivities, rootCause, workflowInfo } from '@temporalio/workflow';
import { Desk } from './desk.ts';
import type { Refusal } from './rules/refusals.ts';
import { approvalRefused, effective, failed, type Plan, planned, type Request, type RequestState, type Submission, turnedBack } from './rules/request.ts';

export interface Steps {
  /** At each submission: what it stops or writes at once, and the approval plan. A rule may refuse it. */
  atSubmission(request: Request): Promise<{ plan: Plan } | { refusal: Refusal }>;
  /** When the last level has approved: the effect, once. `at` is epoch ms. A rule may refuse it. */
  whenApproved(request: Request, at: number): Promise<{ at: number } | { refusal: Refusal }>;
  /** Whatever else happened: saved, with what a return, a refusal or the end undoes. A rule may refuse the approval of a level. */
  otherwise(request: Request): Promise<{ refusal: Refusal } | null | undefined>;
}

const weather = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;
const local = { startToCloseTimeout: '10s', localRetryThreshold: '1m', retry: weather } as const;

/** The steps of a lifecycle by the names of its activities: submission and effect give up after a day, a save never does. */
export function localSteps<A>(): { steps: ReturnType<typeof proxyLocalActivities<A>>; saves: ReturnType<typeof proxyLocalActivities<A>> } {
  return { steps: proxyLocalActivities<A>({ ...local, scheduleToCloseTimeout: '1 day' }), saves: proxyLocalActivities<A>(local) };
}

export async function follow(submission: Submission, steps: Steps): Promise<RequestState> {
  if (submission.requestNo !== workflowInfo().workflowId) throw ApplicationFailure.nonRetryable('submission of another request', 'forged_submission');
  const desk = new Desk(submission);
  await CancellationScope.nonCancellable(async () => {
    while (!desk.closed) {
      if (desk.request.state === 'approved') await takeEffect(desk, steps);
      else if (desk.request.state === 'submitted' && desk.request.plan === null) await handIn(desk, steps);
      else {
        await desk.next();
        desk.takeAll();
        await save(desk, steps);
      }
    }
  });
  return desk.request.state;
}

async function handIn(desk: Desk, steps: Steps): Promise<void> {
  let refusal: Refusal = 'submission_failed';
  try {
    const answer = await steps.atSubmission(desk.unsaved);
    if ('plan' in answer) return desk.saved(planned(desk.request, answer.plan));
    refusal = answer.refusal;
  } catch {
    // Neither accepted nor refused: the maker gets it back.
  }
  desk.request = turnedBack(desk.request, Date.now(), refusal);
  await save(desk, steps);
}

async function takeEffect(desk: Desk, steps: Steps): Promise<void> {
  try {
    const answer = await steps.whenApproved(desk.unsaved, Date.now());
    if ('at' in answer) return desk.saved(effective(desk.request, answer.at));
    desk.request = turnedBack(desk.request, Date.now(), answer.refusal);
  } catch (error) {
    desk.request = failed(desk.request, Date.now(), rootCause(error) ?? 'unknown');
  }
  await save(desk, steps);
}

async function save(desk: Desk, steps: Steps): Promise<void> {
  if (desk.request.state === 'approved' || (desk.request.state === 'submitted' && desk.request.plan === null)) return;
  if (desk.unsaved.events.length === 0) return;
  const saving = desk.request;
  const answer = await steps.otherwise(desk.unsaved);
  if (!answer) return desk.saved(saving);
  desk.request = approvalRefused(saving, Date.now(), answer.refusal);
  await save(desk, steps);
}
