// What 商户开户 does to the database: each activity is one transaction, and repeating it changes nothing.
import type { Db } from '../db/connect.ts';
import { markAccepted } from '../db/drafts.ts';
import { reserve } from '../db/merchant-numbers.ts';
import { activate, rejectPending, writePending } from '../db/merchants.ts';
import { approvalPlan } from '../db/reference.ts';
import { effectAnswer, recordEffect, saveRequest } from '../db/requests.ts';
import { crashPoint } from '../stack/crash.ts';
import { readMerchantForm } from '../workflows/rules/merchant-form.ts';
import type { Refusal } from '../workflows/rules/refusals.ts';
import { effective, isFinal, type Plan, planned, type Request } from '../workflows/rules/request.ts';
import { atWork } from './errors.ts';

export const openingActivities = (db: Db) => ({
  /** 待审核: reserves the number, writes the merchant as pending and computes the approval plan. */
  submitOpening: (request: Request): Promise<{ plan: Plan } | { refusal: Refusal }> =>
    atWork(async () => {
      const step = `submit/${request.submittedRevision}`;
      const done = await effectAnswer(db, request.requestNo, step);
      if (done?.plan) return { plan: done.plan };
      return db.transaction(async (tx) => {
        const { requestNo } = request;
        const form = readMerchantForm(request.data);
        const free = (await reserve(tx, form.merchantNo, requestNo)) && (await writePending(tx, form, requestNo));
        if (!free) return { refusal: 'number_taken' as const };
        const plan = await approvalPlan(tx, request.kind);
        if (!(await recordEffect(tx, requestNo, step, { plan }))) throw new Error('another try of this step is under way');
        await markAccepted(tx, requestNo);
        await saveRequest(tx, planned(request, plan));
        return { plan };
      });
    }),

  /** 正常: the merchant becomes active, once, together with the projection that says so. Answers when it did, epoch ms. */
  openMerchant: (request: Request, at: number): Promise<{ at: number } | { refusal: Refusal }> =>
    atWork(async () => {
      const step = `open/${request.revision}`;
      const earlier = await effectAnswer(db, request.requestNo, step);
      if (earlier) {
        await db.transaction((tx) => saveRequest(tx, effective(request, earlier.at ?? at)));
        return { at: earlier.at ?? at };
      }
      crashPoint('worker.beforeEffect');
      const answer = await db.transaction(async (tx) => {
        const opened = await activate(tx, readMerchantForm(request.data), request.requestNo, new Date(at));
        if (!opened) return { refusal: 'merchant_changed' as const };
        if (!(await recordEffect(tx, request.requestNo, step, { at }))) throw new Error('another try of this step is under way');
        await saveRequest(tx, effective(request, at));
        return { at };
      });
      crashPoint('worker.afterCommit');
      return answer;
    }),

  /** Saves what happened; an opening that came to nothing leaves its record as rejected. */
  saveOpening: (request: Request): Promise<void> =>
    atWork(() =>
      db.transaction(async (tx) => {
        if (request.state === 'returned') await markAccepted(tx, request.requestNo);
        if (isFinal(request.state) && request.state !== 'effective') await rejectPending(tx, request.requestNo);
        await saveRequest(tx, request);
      }),
    ),
});

/** As the workflow calls them. */
export type OpeningActivities = ReturnType<typeof openingActivities>;
