// Everything that decides whether an opening may be submitted: the form's own faults, the tables, warnings, and who could decide.
import { attachmentsOf } from '../../db/attachments.ts';
import { reservation } from '../../db/merchant-numbers.ts';
import { findMerchant, type Twin, twins } from '../../db/merchants.ts';
import { approvalPlan, areas, banks, mccs, policyValue } from '../../db/reference.ts';
import { type TwinRequest, twinRequests } from '../../db/twins.ts';
import { members } from '../../db/users.ts';
import { organisationCodeDoubtful } from '../../workflows/rules/checks.ts';
import { type FormFaults, type MerchantForm, merchantFormFaults } from '../../workflows/rules/merchant-form.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { twinKeys } from '../../workflows/rules/twins.ts';
import type { SignedInCtx } from '../http.ts';

export interface Checked {
  faults: FormFaults;
  /** Same licence, legal person or account as another live merchant: to be confirmed with a reason. */
  twins: Twin[];
  /** The organisation code inside the credit code fails its own check digit; only warned about, confirmed with a reason. */
  doubtful: boolean;
  /** Other requests that look like this one. */
  similar: TwinRequest[];
  /** Warnings without a reason yet. */
  unconfirmed: string[];
  deciders: { code: string; name: string }[];
  /** Epoch ms until which the first level should decide, were it submitted now. */
  due: number;
  complete: boolean;
  /** What is attached, by part and hash: it goes into the request, so that nothing can be exchanged afterwards unseen. */
  attachments: string;
}

export async function check(ctx: SignedInCtx, requestNo: string, form: MerchantForm, reasons: Record<string, string>): Promise<Checked> {
  const { db } = ctx;
  const now = Date.now();
  const faults = merchantFormFaults(form, businessDate(now));
  const content = { data: form, merchantNo: form.merchantNo, title: form.merchantName, amountFen: null };
  const [known, same, plan, files, similar] = await Promise.all([
    tableFaults(ctx, requestNo, form, faults),
    twins(db, form, requestNo),
    approvalPlan(db, 'merchantOpening'),
    attachmentsOf(db, requestNo),
    twinRequests(db, requestNo, twinKeys(content)),
  ]);
  Object.assign(faults, known);
  if (!files.some((file) => file.part === 'businessLicense')) faults.businessLicense = 'license_missing';
  const doubtful = form.uscc.length === 18 && !faults.uscc && organisationCodeDoubtful(form.uscc);
  const warned = [...new Set([...same.map((twin) => twin.same), ...(doubtful ? ['organisation'] : [])])];
  const unconfirmed = warned.filter((key) => !reasons[key]);
  const group = plan.levels[0]?.group ?? '';
  const deciders = (await members(db, group)).filter((one) => one.code !== ctx.user.code);
  const complete = Object.keys(faults).length === 0 && unconfirmed.length === 0;
  const attachments = files.map((file) => `${file.part} ${file.sha256.slice(0, 16)}`).join('\n');
  return { attachments, faults, twins: same, similar, doubtful, unconfirmed, deciders, due: now + plan.escalateMs, complete };
}

/** What only the tables can tell: areas, categories, banks, and whether the number is free (also of cancelled and pending ones). */
async function tableFaults(ctx: SignedInCtx, requestNo: string, form: MerchantForm, faults: FormFaults): Promise<FormFaults> {
  const { db } = ctx;
  const [areaRows, mccRows, bankRows, acquirer] = await Promise.all([areas(db), mccs(db), banks(db), policyValue(db, 'acquirer.code')]);
  const found: FormFaults = {};
  const areaCodes = new Set(areaRows.map((row) => row.code));
  const mccCodes = new Set(mccRows.map((row) => row.code));
  if (form.areaCode && !areaCodes.has(form.areaCode)) found.areaCode = 'area_unknown';
  if (form.mcc && !mccCodes.has(form.mcc)) found.mcc = 'mcc_unknown';
  const ofThisName = bankRows.filter((row) => row.name === form.openingBankName);
  if (form.openingBankName && ofThisName.length === 0) found.openingBankName = 'bank_unknown';
  else if (form.cnapsCode && !faults.cnapsCode && form.openingBankName && !ofThisName.some((row) => row.cnapsCode.slice(0, 3) === form.cnapsCode.slice(0, 3)))
    found.cnapsCode = 'cnaps_bank';
  if (form.merchantNo && !faults.merchantNo) {
    if (form.merchantNo.slice(0, 3) !== acquirer) found.merchantNo = 'acquirer_unknown';
    else if (!areaCodes.has(form.merchantNo.slice(3, 7))) found.merchantNo = 'area_unknown';
    else if (!mccCodes.has(form.merchantNo.slice(7, 11))) found.merchantNo = 'mcc_unknown';
    else if (await taken(ctx, requestNo, form.merchantNo)) found.merchantNo = 'number_taken';
  }
  return found;
}

async function taken(ctx: SignedInCtx, requestNo: string, merchantNo: string): Promise<boolean> {
  const holder = await reservation(ctx.db, merchantNo);
  if (holder !== null) return holder !== requestNo;
  const merchant = await findMerchant(ctx.db, merchantNo);
  return merchant !== null && merchant.openedBy !== requestNo;
}
