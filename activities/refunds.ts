// What 额度退款 and 来账退回 do to the books: money that leaves, owed first and paid when the bank says so.
import { findLine, freeLine, keepLine, owe } from '../db/bank.ts';
import type { Db, Tx } from '../db/connect.ts';
import { hasPosted, post } from '../db/ledger.ts';
import { merchantForm } from '../db/merchants.ts';
import { lineReturnLegs, refundFrozenLegs, refundOwedLegs, refundReleasedLegs } from '../workflows/rules/ledger.ts';
import type { Request } from '../workflows/rules/request.ts';
import { businessDate } from '../workflows/rules/time.ts';
import { Refused } from './errors.ts';
import { effecting, saving, submitting } from './lifecycle.ts';
import { merchantIn } from './merchants.ts';

/** 额度退款 freezes anew with each submission; a return or the end gives back what it had frozen. */
const frozenBy = ({ requestNo, submissions }: Request) => `${requestNo}/freeze/${submissions}`;

async function release(tx: Tx, request: Request): Promise<void> {
  if (request.amountFen === null || !(await hasPosted(tx, frozenBy(request)))) return;
  const legs = refundReleasedLegs(request.merchantNo, request.amountFen);
  const commandNo = `${request.requestNo}/release/${request.submissions}`;
  await post(tx, {
    commandNo,
    event: 'refundReleased',
    cause: request.requestNo,
    businessDate: businessDate(Date.now()),
    legs,
    reverses: frozenBy(request),
  });
}

export const refundActivities = (db: Db) => ({
  /** 额度退款: the amount is frozen at once. */
  freezeRefund: submitting(db, async (tx, request) => {
    await merchantIn(tx, request, ['active', 'frozen']);
    const legs = refundFrozenLegs(request.merchantNo, request.amountFen ?? 0);
    await post(tx, { commandNo: frozenBy(request), event: 'refundFrozen', cause: request.requestNo, businessDate: businessDate(Date.now()), legs });
  }),
  /** Owed to the merchant, on the account it registered. */
  oweRefund: effecting(db, async (tx, request, at) => {
    const { requestNo, merchantNo, amountFen } = request;
    const version = await merchantForm(tx, merchantNo);
    if (!version || amountFen === null) throw new Refused('merchant_changed');
    await post(tx, {
      commandNo: requestNo,
      event: 'refundOwed',
      cause: requestNo,
      businessDate: businessDate(at.getTime()),
      legs: refundOwedLegs(merchantNo, amountFen),
    });
    const { accountName: partyName, settlementAccountNo: partyAccountNo } = version.form;
    await owe(tx, { requestNo, partyName, partyAccountNo, amountFen, owedAt: at });
  }),
  /** Returned or over: what was frozen is available again. */
  releaseRefund: saving(db, {
    async keep(tx, request) {
      if (request.state === 'returned') await release(tx, request);
      return null;
    },
    undo: release,
  }),

  /** 来账退回: the line is kept for it at once. */
  reserveReturn: submitting(db, async (tx, request) => {
    const line = await findLine(tx, Number(request.data.lineId));
    if (line?.direction !== 'in') throw new Refused('line_unknown');
    if (line.amountFen !== request.amountFen) throw new Refused('amount_differs');
    if (!(await keepLine(tx, line.id, request.requestNo, 'reserved', new Date()))) throw new Refused('line_taken');
  }),
  /** Owed to the payer, once. */
  returnLine: effecting(db, async (tx, request, at) => {
    const { requestNo } = request;
    const line = await findLine(tx, Number(request.data.lineId));
    if (!line || !(await keepLine(tx, line.id, requestNo, 'used', at))) throw new Refused('line_taken');
    await post(tx, {
      commandNo: requestNo,
      event: 'lineReturn',
      cause: requestNo,
      businessDate: businessDate(at.getTime()),
      legs: lineReturnLegs(line.amountFen),
    });
    await owe(tx, { requestNo, partyName: line.partyName, partyAccountNo: line.partyAccountNo, amountFen: line.amountFen, owedAt: at });
  }),
  freeReturn: saving(db, { undo: (tx, request) => freeLine(tx, request.requestNo) }),
});

export type RefundActivities = ReturnType<typeof refundActivities>;
