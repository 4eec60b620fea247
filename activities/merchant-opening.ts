// What 商户开户 does to the database: each activity is one transaction, and repeating it changes nothing.
import type { Db } from '../db/connect.ts';
import { markAccepted } from '../db/drafts.ts';
import { reserve } from '../db/merchant-numbers.ts';
import { activate, rejectPending, writePending } from '../db/merchants.ts';
import { approvalPlan } from '../db/reference.ts';
import { recordEffect, saveRequest } from '../db/requests.ts';
import { crashPoint } from '../stack/crash.ts';
import { readMerchantForm } from '../workflows/rules/merchant-form.ts';
import type { Refusal } from '../workflows/rules/refusals.ts';
import { effective, isFinal, type Plan, planned, type Request } from '../workflows/rules/request.ts';
import { answered, patiently, Refused } from './errors.ts';

export const openingActivities = (db: Db) => ({
  /** 待审核: reserves the number, writes the merchant as pending and computes the approval plan. */
  submitOpening: (request: Request): Promise<{ plan: Plan } | { refusal: Refusal }> =>
    answered(async () => {
      const plan = await approvalPlan(db, request.kind);
      return db.transaction(async (tx) => {
        const { requestNo } = request;
        const earlier = await recordEffect(tx, requestNo, `submit/${request.submittedRevision}`, { plan });
        if (!earlier) {
          const form = readMerchantForm(request.data);
          // The web has reserved the number; when it has not, this is the last moment.
          const written =
            (await writePending(tx, form, requestNo)) || ((await reserve(tx, form.merchantNo, requestNo)) && (await writePending(tx, form, requestNo)));
          if (!written) throw new Refused('number_taken');
        }
        const agreed = earlier?.plan ?? plan;
        await Promise.all([markAccepted(tx, requestNo), saveRequest(tx, planned(request, agreed))]);
        return { plan: agreed };
      });
    }),

  /** 正常: the merchant becomes active, once, together with the projection that says so. Answers when it did, epoch ms. */
  openMerchant: (request: Request, at: number): Promise<{ at: number } | { refusal: Refusal }> =>
    answered(async () => {
      crashPoint('worker.beforeEffect');
      const answer = await db.transaction(async (tx) => {
        const earlier = await recordEffect(tx, request.requestNo, `open/${request.revision}`, { at });
        if (!earlier && !(await activate(tx, readMerchantForm(request.data), request.requestNo, new Date(at)))) throw new Refused('merchant_changed');
        const opened = earlier?.at ?? at;
        await saveRequest(tx, effective(request, opened));
        return { at: opened };
      });
      crashPoint('worker.afterCommit');
      return answer;
    }),

  /** Saves what happened; an opening that came to nothing leaves its record as rejected. Any trouble is tried again, so that no save can end a request. */
  saveOpening: (request: Request): Promise<null> =>
    patiently(() =>
      db.transaction(async (tx) => {
        if (request.state === 'returned') await markAccepted(tx, request.requestNo);
        if (isFinal(request.state) && request.state !== 'effective') await rejectPending(tx, request.requestNo);
        await saveRequest(tx, request);
        return null;
      }),
    ),
});

/** As the workflow calls them. */
export type OpeningActivities = ReturnType<typeof openingActivities>;
