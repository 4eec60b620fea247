// What 变更, 冻结, 恢复 and 注销 of a merchant do to the database.
import type { Db, Tx } from '../db/connect.ts';
import { closeQuota, findQuota } from '../db/ledger.ts';
import { changeMerchant, freeze, lockMerchant, type MerchantRow, setStatus, unfreeze } from '../db/merchants.ts';
import { openOf } from '../db/requests.ts';
import { unsettledBatches } from '../db/terminal-sessions.ts';
import { cancelTerminals } from '../db/terminals.ts';
import { readMerchantForm } from '../workflows/rules/merchant-form.ts';
import type { Request } from '../workflows/rules/request.ts';
import { Refused } from './errors.ts';
import { effecting, saving, submitting } from './lifecycle.ts';

/** The merchant, locked; refused unless its status is one of these. */
export async function merchantIn(tx: Tx, request: Request, statuses: readonly MerchantRow['status'][]): Promise<MerchantRow> {
  const row = await lockMerchant(tx, request.merchantNo);
  if (row && statuses.includes(row.status)) return row;
  throw new Refused(
    row?.status === 'frozen' ? 'merchant_frozen' : statuses.includes('frozen') && statuses.length === 1 ? 'merchant_not_frozen' : 'merchant_not_active',
  );
}

/** What stands in the way of a cancellation. */
async function assertEmpty(tx: Tx, request: Request): Promise<void> {
  const quota = await findQuota(tx, request.merchantNo);
  if (quota && quota.available + quota.frozen > 0) throw new Refused('quota_not_zero');
  if ((await openOf(tx, request.merchantNo, request.requestNo)).length > 0) throw new Refused('requests_open');
  if ((await unsettledBatches(tx, request.merchantNo)).length > 0) throw new Refused('batch_open');
}

export const merchantActivities = (db: Db) => ({
  /** 变更: the version that the maker saw must still stand. */
  submitChange: submitting(db, async (tx, request) => {
    const row = await merchantIn(tx, request, ['active', 'frozen']);
    if (String(row.version) !== request.data.baseVersion) throw new Refused('merchant_changed');
  }),
  changeMerchant: effecting(db, async (tx, request, at) => {
    const form = readMerchantForm(request.data);
    if (!(await changeMerchant(tx, form, Number(request.data.baseVersion), request.requestNo, at))) throw new Refused('merchant_changed');
  }),
  saveChange: saving(db, {}),

  /** 冻结: stops at submission; approval confirms it (事后复核), anything else lifts it. */
  freezeMerchant: submitting(db, async (tx, request) => {
    const row = await lockMerchant(tx, request.merchantNo);
    if (row?.frozenBy !== request.requestNo) await merchantIn(tx, request, ['active']);
    await freeze(tx, request.merchantNo, request.requestNo);
  }),
  confirmFreeze: effecting(db, async (tx, request, at) => {
    if (!(await setStatus(tx, request.merchantNo, ['frozen'], 'frozen', at))) throw new Refused('merchant_changed');
  }),
  liftFreeze: saving(db, { undo: (tx, request) => unfreeze(tx, request.requestNo) }),

  /** 恢复: active again once approved. */
  submitRestore: submitting(db, async (tx, request) => void (await merchantIn(tx, request, ['frozen']))),
  restoreMerchant: effecting(db, async (tx, request, at) => {
    if (!(await setStatus(tx, request.merchantNo, ['frozen'], 'active', at))) throw new Refused('merchant_not_frozen');
  }),
  saveRestore: saving(db, {}),

  /** 注销: frozen at submission when empty; approved, terminals, quota account and merchant are cancelled together. */
  submitCancellation: submitting(db, async (tx, request) => {
    await merchantIn(tx, request, ['active', 'frozen']);
    await assertEmpty(tx, request);
    await freeze(tx, request.merchantNo, request.requestNo);
  }),
  cancelMerchant: effecting(db, async (tx, request, at) => {
    await merchantIn(tx, request, ['active', 'frozen']);
    await assertEmpty(tx, request);
    await cancelTerminals(tx, { merchantNo: request.merchantNo }, at);
    if (!(await closeQuota(tx, request.merchantNo, at))) throw new Refused('quota_not_zero');
    await setStatus(tx, request.merchantNo, ['active', 'frozen'], 'cancelled', at);
  }),
  saveCancellation: saving(db, { undo: (tx, request) => unfreeze(tx, request.requestNo) }),
});

export type MerchantActivities = ReturnType<typeof merchantActivities>;
