// What only the tables can tell about a merchant's form: areas, categories, banks, other merchants with the same identifiers.
import { twins } from '../../../db/merchants.ts';
import { areas, banks, type KnownCodes, knownCodes, mccs } from '../../../db/reference.ts';
import { organisationCodeDoubtful, usccFault } from '../../../workflows/rules/checks.ts';
import { accountTypes, type MerchantForm, merchantFields, merchantFormFaults, merchantParts } from '../../../workflows/rules/merchant-form.ts';
import { businessDate } from '../../../workflows/rules/time.ts';
import type { SignedInCtx } from '../../http.ts';
import { fill, type Text } from '../../text/index.ts';
import type { Faults, Shape, Warning } from '../form.ts';

export const warnedFields = { uscc: 'uscc', idCardNo: 'idCardNo', settlementAccountNo: 'settlementAccountNo', organisation: 'uscc' };
export const attachmentParts = ['businessLicense', 'accountPermit', 'idCard', 'shopPhoto', 'agreement', 'other'];

export const fieldsets = merchantParts.map((key) => ({
  key,
  label: (text: Text) => text.opening.parts[key],
  fields: merchantFields.filter((field) => field.part === key).map((field) => field.key as string),
}));

/** Faults of the form itself and of what the tables say; whether the number may be used is another question. Its area and category are looked up with the form's. */
export async function merchantFaults({ db }: SignedInCtx, form: MerchantForm): Promise<{ faults: Faults; known: KnownCodes }> {
  const faults: Faults = { ...merchantFormFaults(form, businessDate(Date.now())) };
  const { areaCode, mcc, merchantNo, openingBankName, cnapsCode } = form;
  const known = await knownCodes(db, [areaCode, merchantNo.slice(3, 7)], [mcc, merchantNo.slice(7, 11)], openingBankName);
  if (areaCode && !known.areas.has(areaCode)) faults.areaCode = 'area_unknown';
  if (mcc && !known.mccs.has(mcc)) faults.mcc = 'mcc_unknown';
  if (openingBankName && known.banks.length === 0) faults.openingBankName = 'bank_unknown';
  else if (cnapsCode && !faults.cnapsCode && openingBankName && !known.banks.some((bank) => bank.slice(0, 3) === cnapsCode.slice(0, 3)))
    faults.cnapsCode = 'cnaps_bank';
  return { faults, known };
}

/** Same licence, legal person or account as another live merchant; an organisation code that fails its own check digit. `except`: what belongs to this record itself. */
export async function merchantWarnings({ db, text }: SignedInCtx, form: MerchantForm, except: { requestNo: string; merchantNo: string }): Promise<Warning[]> {
  const same = (await twins(db, form, except.requestNo)).filter((twin) => twin.merchantNo !== except.merchantNo);
  const about = [...new Set(same.map((twin) => twin.same))].map((key): Warning => {
    const merchants = same.filter((twin) => twin.same === key).map((twin) => `${twin.name} (${twin.merchantNo})`);
    return { key, said: fill(text.opening.twin, { merchant: merchants.join(text.comma), field: text.fields[key] }) };
  });
  const doubtful = form.uscc.length === 18 && !usccFault(form.uscc) && organisationCodeDoubtful(form.uscc);
  return doubtful ? [...about, { key: 'organisation', said: text.opening.organisation }] : about;
}

/** What the choices of a merchant's form offer. */
export async function merchantShapes({ db, text }: SignedInCtx): Promise<Record<string, Shape>> {
  const [areaRows, mccRows, bankRows] = await Promise.all([areas(db), mccs(db), banks(db)]);
  const coded = (rows: readonly { code: string; name: string }[]) => rows.map((row) => ({ value: row.code, label: `${row.code} ${row.name}` }));
  return {
    areaCode: { choices: coded(areaRows) },
    mcc: { choices: coded(mccRows) },
    openingBankName: { choices: bankRows.map((row) => ({ value: row.name, label: `${row.name} ${row.cnapsCode}` })) },
    accountType: { choices: accountTypes.map((value) => ({ value, label: text.accountType[value] })) },
  };
}
