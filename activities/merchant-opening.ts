// What 商户开户 does to the database.
import type { Db } from '../db/connect.ts';
import { reserve } from '../db/merchant-numbers.ts';
import { activate, rejectPending, writePending } from '../db/merchants.ts';
import { readMerchantForm } from '../workflows/rules/merchant-form.ts';
import { Refused } from './errors.ts';
import { effecting, saving, submitting } from './lifecycle.ts';

export const openingActivities = (db: Db) => ({
  /** 待审核: reserves the number and writes the merchant as pending. */
  submitOpening: submitting(db, async (tx, { data, requestNo }) => {
    const form = readMerchantForm(data);
    // The web has reserved the number; when it has not, this is the last moment.
    const written = (await writePending(tx, form, requestNo)) || ((await reserve(tx, form.merchantNo, requestNo)) && (await writePending(tx, form, requestNo)));
    if (!written) throw new Refused('number_taken');
  }),

  /** 正常: the merchant becomes active, once. */
  openMerchant: effecting(
    db,
    async (tx, { data, requestNo }, at) => {
      if (!(await activate(tx, readMerchantForm(data), requestNo, at))) throw new Refused('merchant_changed');
    },
    'open',
  ),

  /** An opening that came to nothing leaves its record as rejected. */
  saveOpening: saving(db, { undo: (tx, { requestNo }) => rejectPending(tx, requestNo) }),
});

/** As the workflow calls them. */
export type OpeningActivities = ReturnType<typeof openingActivities>;
