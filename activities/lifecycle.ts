// What every lifecycle's steps share: each is one transaction of effect and projection, and repeating it changes nothing.
import type { Db, Tx } from '../db/connect.ts';
import { leave, occupy } from '../db/open-requests.ts';
import { approvalPlan } from '../db/reference.ts';
import { ENDED, recordEffect, saveRequest } from '../db/requests.ts';
import { crashPoint } from '../stack/crash.ts';
import type { Refusal } from '../workflows/rules/refusals.ts';
import { effective, isFinal, type Plan, planned, type Request } from '../workflows/rules/request.ts';
import { answered, patiently, Refused } from './errors.ts';

/** At each submission: `work` writes or stops what the submission does at once; `levels` decides where policy by kind is not enough. */
export const submitting =
  (db: Db, work: (tx: Tx, request: Request) => Promise<void>, levels: (tx: Tx, request: Request) => Promise<string[] | null> = async () => null) =>
  (request: Request): Promise<{ plan: Plan } | { refusal: Refusal }> =>
    answered(async () => {
      crashPoint('worker.beforeSubmission');
      const answer = await db.transaction(async (tx) => {
        const groups = await levels(tx, request);
        const policy = await approvalPlan(tx, request.kind);
        const plan = groups ? { ...policy, levels: groups.map((group) => ({ group })) } : policy;
        const earlier = await recordEffect(tx, request.requestNo, `submit/${request.submittedRevision}`, { plan });
        if (earlier === 'ended') throw new Refused('not_now');
        if (!earlier) {
          if (!(await occupy(tx, request))) throw new Refused('record_busy');
          await work(tx, request);
        }
        const agreed = earlier?.plan ?? plan;
        await saveRequest(tx, planned(request, agreed), true);
        return { plan: agreed };
      });
      crashPoint('worker.afterSubmission');
      return answer;
    });

/** When approved: `work` is the effect, at this moment, once. `step` names its proof. */
export const effecting =
  (db: Db, work: (tx: Tx, request: Request, at: Date) => Promise<void>, step = 'effect') =>
  (request: Request, at: number): Promise<{ at: number } | { refusal: Refusal }> =>
    answered(async () => {
      crashPoint('worker.beforeEffect');
      const answer = await db.transaction(async (tx) => {
        const earlier = await recordEffect(tx, request.requestNo, `${step}/${request.revision}`, { at });
        // A step told again after a crash may find that the request had ended, and what it held is given back: no effect any more.
        if (earlier === 'ended') throw new Refused('not_now');
        const when = earlier?.at ?? at;
        if (!earlier) await work(tx, request, new Date(when));
        await leave(tx, request);
        await saveRequest(tx, effective(request, when));
        return { at: when };
      });
      crashPoint('worker.afterCommit');
      return answer;
    });

/** Whatever else happened. `undo` takes back what the submission did, once the request is over without effect; `keep` follows it in between, and may refuse an approval. */
export const saving =
  (db: Db, { undo, keep }: { undo?: (tx: Tx, request: Request) => Promise<void>; keep?: (tx: Tx, request: Request) => Promise<Refusal | null> }) =>
  (request: Request): Promise<{ refusal: Refusal } | null> =>
    patiently(() =>
      db.transaction(async (tx) => {
        const refusal = await keep?.(tx, request);
        if (refusal) throw new Refused(refusal);
        if (isFinal(request.state) && request.state !== 'effective') {
          await recordEffect(tx, request.requestNo, ENDED, { at: request.since });
          await undo?.(tx, request);
          await leave(tx, request);
        }
        await saveRequest(tx, request, request.state === 'returned');
        return null;
      }),
    ).catch((error): { refusal: Refusal } => {
      if (error instanceof Refused) return { refusal: error.refusal };
      throw error;
    });
