// What 调账 does to the books and 参数变更 to the parameters.
import type { Db } from '../db/connect.ts';
import { post } from '../db/ledger.ts';
import { policyValue, setPolicy } from '../db/reference.ts';
import { groupsHave } from '../db/rights.ts';
import { isAdjustable } from '../workflows/rules/forms.ts';
import { isAccountCode, type Leg } from '../workflows/rules/ledger.ts';
import { decidersOf, policyFits } from '../workflows/rules/policies.ts';
import type { Request } from '../workflows/rules/request.ts';
import { businessDate } from '../workflows/rules/time.ts';
import { Refused } from './errors.ts';
import { effecting, saving, submitting } from './lifecycle.ts';

function leg(request: Request, side: 'debit' | 'credit'): Leg {
  const [account = '', owner = ''] = [request.data[`${side}Account`], request.data[`${side}Owner`]];
  if (!isAccountCode(account) || !isAdjustable(account)) throw new Refused('account_unknown');
  return { account, ...(owner === '' ? {} : { owner }), [side]: request.amountFen ?? 0 };
}

export const adjustmentActivities = (db: Db) => ({
  submitAdjustment: submitting(db, async (_tx, request) => {
    leg(request, 'debit');
    leg(request, 'credit');
  }),
  /** 调账: the entry that finance and 主管 approved. */
  adjust: effecting(db, async (tx, request, at) => {
    const { requestNo } = request;
    const legs = [leg(request, 'debit'), leg(request, 'credit')];
    await post(tx, { commandNo: requestNo, event: 'adjustment', cause: requestNo, businessDate: businessDate(at.getTime()), legs });
  }),
  saveAdjustment: saving(db, {}),

  /** 参数变更: the value that the maker saw must still stand. */
  submitPolicyChange: submitting(db, async (tx, request) => {
    const { policyKey = '', policyValue: value = '', policyBefore = '' } = request.data;
    const deciders = decidersOf(policyKey, value);
    if (!policyFits(policyKey, value) || (deciders && !(await groupsHave(tx, deciders.groups, deciders.right)))) throw new Refused('policy_unknown');
    if ((await policyValue(tx, policyKey)) !== policyBefore) throw new Refused('policy_changed');
  }),
  changePolicy: effecting(db, async (tx, request) => {
    const { policyKey = '', policyValue: value = '', policyBefore = '' } = request.data;
    if (!(await setPolicy(tx, policyKey, policyBefore, value))) throw new Refused('policy_changed');
  }),
  savePolicyChange: saving(db, {}),
});

export type AdjustmentActivities = ReturnType<typeof adjustmentActivities>;
