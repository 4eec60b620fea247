// 商户开户: a clerk submits a merchant, reviewers decide, and only then the merchant may do business.
import { ApplicationFailure, CancellationScope, proxyLocalActivities, rootCause, workflowInfo } from '@temporalio/workflow';
import type { OpeningActivities } from '../activities/merchant-opening.ts';
import { Desk } from './desk.ts';
import type { Refusal } from './rules/refusals.ts';
import { effective, failed, planned, type RequestState, type Submission, turnedBack } from './rules/request.ts';

// ── activities ──
const weather = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;
const local = { startToCloseTimeout: '10s', localRetryThreshold: '1m', retry: weather } as const;
const { submitOpening, openMerchant } = proxyLocalActivities<OpeningActivities>({ ...local, scheduleToCloseTimeout: '1 day' });
const { saveOpening } = proxyLocalActivities<OpeningActivities>(local);

// ── the story ──
export async function merchantOpening(submission: Submission): Promise<RequestState> {
  if (submission.requestNo !== workflowInfo().workflowId) throw ApplicationFailure.nonRetryable('submission of another request', 'forged_submission');
  const desk = new Desk(submission);
  await CancellationScope.nonCancellable(async () => {
    while (!desk.closed) {
      if (desk.request.state === 'approved') await takeEffect(desk);
      else if (desk.request.state === 'submitted' && desk.request.plan === null) await handIn(desk);
      else {
        await desk.next();
        desk.takeAll();
        await save(desk);
      }
    }
  });
  return desk.request.state;
}

// ── its steps ──

/** 待审核: the record is written as pending, and the approval plan is fixed. A rule may send the submission back to its maker. */
async function handIn(desk: Desk): Promise<void> {
  const answer = await submitOpening(desk.unsaved).catch((): { refusal: Refusal } => ({ refusal: 'submission_failed' }));
  if ('plan' in answer) return desk.saved(planned(desk.request, answer.plan));
  desk.request = turnedBack(desk.request, Date.now(), answer.refusal);
  await save(desk);
}

/** 正常: the merchant is active and its quota account open. Nothing else makes a merchant active. */
async function takeEffect(desk: Desk): Promise<void> {
  try {
    const answer = await openMerchant(desk.unsaved, Date.now());
    if ('at' in answer) return desk.saved(effective(desk.request, answer.at));
    desk.request = turnedBack(desk.request, Date.now(), answer.refusal);
  } catch (error) {
    desk.request = failed(desk.request, Date.now(), rootCause(error) ?? 'unknown');
  }
  await save(desk);
}

async function save(desk: Desk): Promise<void> {
  if (desk.request.state === 'approved' || (desk.request.state === 'submitted' && desk.request.plan === null)) return;
  if (desk.unsaved.events.length === 0) return;
  const saving = desk.request;
  await saveOpening(desk.unsaved);
  desk.saved(saving);
}
