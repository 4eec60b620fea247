// What only the tables can tell about a merchant's form: areas, categories, banks, other merchants with the same identifiers.
import { twins } from '../../../db/merchants.ts';
import { areas, banks, mccs } from '../../../db/reference.ts';
import { organisationCodeDoubtful } from '../../../workflows/rules/checks.ts';
import { accountTypes, type MerchantForm, merchantFields, merchantFormFaults, merchantParts } from '../../../workflows/rules/merchant-form.ts';
import { businessDate } from '../../../workflows/rules/time.ts';
import type { SignedInCtx } from '../../http.ts';
import { fill, type Text } from '../../text/index.ts';
import type { Faults, Shape, Warning } from '../form.ts';

export const warningKeys = ['uscc', 'idCardNo', 'settlementAccountNo', 'organisation'];
export const attachmentParts = ['businessLicense', 'accountPermit', 'idCard', 'shopPhoto', 'agreement', 'other'];

export const fieldsets = merchantParts.map((key) => ({
  key,
  label: (text: Text) => text.opening.parts[key],
  fields: merchantFields.filter((field) => field.part === key).map((field) => field.key as string),
}));

/** Faults of the form itself and of what the tables say; whether the number may be used is another question. */
export async function merchantFaults({ db }: SignedInCtx, form: MerchantForm): Promise<{ faults: Faults; areaCodes: Set<string>; mccCodes: Set<string> }> {
  const faults: Faults = { ...merchantFormFaults(form, businessDate(Date.now())) };
  const [areaRows, mccRows, bankRows] = await Promise.all([areas(db), mccs(db), banks(db)]);
  const areaCodes = new Set(areaRows.map((row) => row.code));
  const mccCodes = new Set(mccRows.map((row) => row.code));
  if (form.areaCode && !areaCodes.has(form.areaCode)) faults.areaCode = 'area_unknown';
  if (form.mcc && !mccCodes.has(form.mcc)) faults.mcc = 'mcc_unknown';
  const ofThisName = bankRows.filter((row) => row.name === form.openingBankName);
  if (form.openingBankName && ofThisName.length === 0) faults.openingBankName = 'bank_unknown';
  else if (form.cnapsCode && !faults.cnapsCode && form.openingBankName && !ofThisName.some((row) => row.cnapsCode.slice(0, 3) === form.cnapsCode.slice(0, 3)))
    faults.cnapsCode = 'cnaps_bank';
  return { faults, areaCodes, mccCodes };
}

/** Same licence, legal person or account as another live merchant; an organisation code that fails its own check digit. `except`: what belongs to this record itself. */
export async function merchantWarnings(
  { db, text }: SignedInCtx,
  form: MerchantForm,
  faults: Faults,
  except: { requestNo: string; merchantNo: string },
): Promise<Warning[]> {
  const same = (await twins(db, form, except.requestNo)).filter((twin) => twin.merchantNo !== except.merchantNo);
  const about = [...new Set(same.map((twin) => twin.same))].map((key): Warning => {
    const merchants = same.filter((twin) => twin.same === key).map((twin) => `${twin.name} (${twin.merchantNo})`);
    return { key, said: fill(text.opening.twin, { merchant: merchants.join(text.comma), field: text.fields[key] }) };
  });
  const doubtful = form.uscc.length === 18 && !faults.uscc && organisationCodeDoubtful(form.uscc);
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
