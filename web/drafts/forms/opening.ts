// 商户开户: the form of rules.md §2, and 自动生成 of its number.
import { saveDraft } from '../../../db/drafts.ts';
import { drawNumber, release, reservation, reserve } from '../../../db/merchant-numbers.ts';
import { findMerchant } from '../../../db/merchants.ts';
import { policyValue } from '../../../db/reference.ts';
import { merchantFields, readMerchantForm } from '../../../workflows/rules/merchant-form.ts';
import { page, type Route, type SignedInCtx, see } from '../../http.ts';
import { paths } from '../../ui/paths.ts';
import { check } from '../check.ts';
import type { DraftForm, Faults } from '../form.ts';
import { given } from '../routes.ts';
import { formPage } from '../views.ts';
import { attachmentParts, fieldsets, merchantFaults, merchantShapes, merchantWarnings, warnedFields } from './merchant-tables.ts';

export const openingForm: DraftForm = {
  kind: 'merchantOpening',
  fields: merchantFields,
  parts: fieldsets,
  warnedFields,
  files: attachmentParts,
  quick: true,
  read: readMerchantForm,
  async faults(ctx, requestNo, typed) {
    const form = readMerchantForm(typed);
    const number = form.merchantNo;
    const [{ faults, known }, acquirer, isTaken] = await Promise.all([
      merchantFaults(ctx, form),
      policyValue(ctx.db, 'acquirer.code'),
      taken(ctx, requestNo, number),
    ]);
    if (number && !faults.merchantNo) {
      if (number.slice(0, 3) !== acquirer) faults.merchantNo = 'acquirer_unknown';
      else if (!known.areas.has(number.slice(3, 7))) faults.merchantNo = 'area_unknown';
      else if (!known.mccs.has(number.slice(7, 11))) faults.merchantNo = 'mcc_unknown';
      else if (isTaken) faults.merchantNo = 'number_taken';
    }
    return faults;
  },
  missing: (attached) => (attached.includes('businessLicense') ? {} : { businessLicense: 'license_missing' }),
  warnings: (ctx, requestNo, form) => merchantWarnings(ctx, readMerchantForm(form), { requestNo, merchantNo: '' }),
  content: async (_ctx, form) => ({ title: form.merchantName ?? '', merchantNo: form.merchantNo ?? '', amountFen: null }),
  async shapes(ctx, form, amending, requestNo) {
    const { opening } = ctx.text;
    const number = amending
      ? { readonly: true }
      : { ...(form.merchantNo ? {} : { hint: opening.drawHint }), button: { path: paths.draft('merchantOpening', requestNo, 'number'), label: opening.draw } };
    return { ...(await merchantShapes(ctx)), merchantNo: number };
  },
  reserve: async (tx, form, requestNo) => ((await reserve(tx, form.merchantNo ?? '', requestNo)) ? null : { merchantNo: 'number_taken' }),
  dropped: release,
};

/** Numbers stay taken, also of cancelled and pending merchants. */
async function taken({ db }: SignedInCtx, requestNo: string, merchantNo: string): Promise<boolean> {
  const [holder, merchant] = await Promise.all([reservation(db, merchantNo), findMerchant(db, merchantNo)]);
  if (holder !== null) return holder !== requestNo;
  return merchant !== null && merchant.openedBy !== requestNo;
}

export const openingRoutes: Route[] = [{ method: 'POST', path: '/merchant-openings/:no/number', right: ['merchantOpening'], handle: draw }];

/** 自动生成: acquirer + area + MCC + the next number of that prefix. */
async function draw(ctx: SignedInCtx): Promise<void> {
  const { draft, form, reasons, revision } = await given(ctx, openingForm);
  const basis = await check(ctx, openingForm, draft.requestNo, form, {});
  const again = async (faults: Faults) =>
    page(ctx, await formPage(ctx, openingForm, { draft, form, reasons, checked: { ...basis, faults }, amending: revision !== null }), 422);
  const faults: Faults = Object.fromEntries(['areaCode', 'mcc'].flatMap((key) => (basis.faults[key] ? [[key, basis.faults[key]]] : [])));
  if (Object.keys(faults).length > 0 || revision !== null) return again(faults);
  const acquirer = (await policyValue(ctx.db, 'acquirer.code')) ?? '898';
  const drawn = await ctx.db.transaction((tx) => drawNumber(tx, `${acquirer}${form.areaCode}${form.mcc}`, draft.requestNo));
  if (drawn === null) return again({ merchantNo: 'number_full' });
  await ctx.db.transaction((tx) => saveDraft(tx, draft.requestNo, ctx.user.code, { data: { ...form, merchantNo: drawn }, reasons }));
  see(ctx, `${paths.draft('merchantOpening', draft.requestNo)}#f-merchantNo`);
}
