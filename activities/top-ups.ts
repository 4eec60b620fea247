// What 充值 and 充值撤销 do to the books. An approval names one bank line of exactly the amount; it serves once.
import { freeLine, keepLine } from '../db/bank.ts';
import type { Db } from '../db/connect.ts';
import { findQuota, isReversed, post } from '../db/ledger.ts';
import { policyValue } from '../db/reference.ts';
import { findRequest, lockDay, toppedUpOn } from '../db/requests.ts';
import { lineRefusal } from '../db/top-ups.ts';
import { topUpLegs, topUpVoidLegs } from '../workflows/rules/ledger.ts';
import type { Request } from '../workflows/rules/request.ts';
import { levelsFor, readTiers } from '../workflows/rules/tiers.ts';
import { businessDate } from '../workflows/rules/time.ts';
import { amountInWords } from '../workflows/rules/words.ts';
import { Refused } from './errors.ts';
import { effecting, saving, submitting } from './lifecycle.ts';
import { merchantIn } from './merchants.ts';

const amountOf = ({ amountFen }: Request): number => {
  if (amountFen === null) throw new RangeError('a request without an amount');
  return amountFen;
};

export const topUpActivities = (db: Db) => ({
  /** 充值: the plan follows the amount and the merchant's other top-ups of the day, computed under a lock on merchant and day. */
  submitTopUp: submitting(
    db,
    async (tx, request) => {
      await merchantIn(tx, request, ['active']);
      if (request.data.amountInWords !== amountInWords(amountOf(request))) throw new Refused('words_differ');
    },
    async (tx, request) => {
      const day = businessDate(request.since);
      await lockDay(tx, request.merchantNo, day);
      const tiers = readTiers((await policyValue(tx, 'plan.topUp.tiers')) ?? '');
      return tiers && levelsFor(tiers, amountOf(request), await toppedUpOn(tx, request.merchantNo, day, request.requestNo));
    },
  ),
  /** 已入账: the line is used and the quota grows by the amount, in one transaction. */
  topUp: effecting(db, async (tx, request, at) => {
    await merchantIn(tx, request, ['active']);
    const refusal = await lineRefusal(tx, request, request.line);
    if (refusal) throw new Refused(refusal);
    if (!(await keepLine(tx, request.line?.id ?? 0, request.requestNo, 'used', at))) throw new Refused('line_taken');
    const legs = topUpLegs(request.merchantNo, amountOf(request));
    await post(tx, { commandNo: request.requestNo, event: 'topUp', cause: request.requestNo, businessDate: businessDate(at.getTime()), legs });
  }),
  /** The line is kept from the first level's approval on, and free again when the request goes back or ends. */
  saveTopUp: saving(db, {
    async keep(tx, request) {
      if (!request.line) {
        await freeLine(tx, request.requestNo);
        return null;
      }
      // Kept already, unless the approval that names it is being saved now.
      if (!request.events.some((event) => event.type === 'approved')) return null;
      const refusal = await lineRefusal(tx, request, request.line);
      return refusal ?? ((await keepLine(tx, request.line.id, request.requestNo, 'reserved', new Date())) ? null : 'line_taken');
    },
  }),

  /** 充值撤销: of a top-up that is effective and not voided yet. */
  submitTopUpVoid: submitting(db, async (tx, request) => {
    const { topUpNo = '' } = request.data;
    const topUp = await findRequest(tx, topUpNo);
    if (topUp?.kind !== 'topUp' || topUp.state !== 'effective' || topUp.merchantNo !== request.merchantNo) throw new Refused('top_up_not_effective');
    if (topUp.amountFen !== request.amountFen) throw new Refused('amount_differs');
    if (await isReversed(tx, topUpNo)) throw new Refused('top_up_voided');
  }),
  voidTopUp: effecting(db, async (tx, request, at) => {
    const { topUpNo = '' } = request.data;
    await merchantIn(tx, request, ['active', 'frozen']);
    if (await isReversed(tx, topUpNo)) throw new Refused('top_up_voided');
    const available = (await findQuota(tx, request.merchantNo))?.available ?? 0;
    const legs = topUpVoidLegs(request.merchantNo, amountOf(request), available);
    const { requestNo } = request;
    await post(tx, { commandNo: requestNo, event: 'topUpVoid', cause: requestNo, businessDate: businessDate(at.getTime()), legs, reverses: topUpNo });
    await freeLine(tx, topUpNo);
  }),
  saveTopUpVoid: saving(db, {}),
});

export type TopUpActivities = ReturnType<typeof topUpActivities>;
