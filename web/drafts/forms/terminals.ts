// 录入, 变更 and 注销 of terminals.
import { findMerchant } from '../../../db/merchants.ts';
import { findTerminal, serialHolder, terminalModels, terminals } from '../../../db/terminals.ts';
import { readFields } from '../../../workflows/rules/fields.ts';
import { formFaults, terminalCancellationFields } from '../../../workflows/rules/forms.ts';
import { differences } from '../../../workflows/rules/take.ts';
import { registrationFields, serialNos, terminalChangeFields, terminalFaults, transactionTypes } from '../../../workflows/rules/terminal-form.ts';
import type { SignedInCtx } from '../../http.ts';
import { html } from '../../ui/html.ts';
import { statusTag } from '../../ui/parts.ts';
import type { DraftForm, Faults, Shape } from '../form.ts';
import { busyFault, merchantCard, merchantSubjects, ofMerchant } from './merchants.ts';

async function shapes({ db, text }: SignedInCtx): Promise<Record<string, Shape>> {
  const models = await terminalModels(db);
  return {
    model: { choices: models.map((model) => ({ value: model.code, label: model.name })) },
    permitted: { choices: transactionTypes.map((value) => ({ value, label: text.transactions[value] })) },
    serialNo: { hint: text.drafts.serialHint },
    terminalNo: { hint: text.drafts.terminalNoHint },
  };
}

async function modelFault({ db }: SignedInCtx, model: string | undefined, faults: Faults): Promise<void> {
  if (model && !(await terminalModels(db)).some((one) => one.code === model)) faults.model = 'model_unknown';
}

export const registrationForm: DraftForm = {
  kind: 'terminalRegistration',
  fields: registrationFields,
  subjects: {
    ...merchantSubjects(['active']),
    async start({ db }, merchantNo) {
      const row = await findMerchant(db, merchantNo);
      return row?.status === 'active' ? { merchantNo, merchantName: row.name, permitted: transactionTypes.join(' ') } : null;
    },
  },
  read: (typed, kept) => ({ ...readFields(registrationFields, typed), ...ofMerchant(kept) }),
  async faults(ctx, requestNo, form) {
    const faults: Faults = terminalFaults(form, true);
    await modelFault(ctx, form.model, faults);
    const [merchant, holder] = await Promise.all([
      findMerchant(ctx.db, form.merchantNo ?? ''),
      serialHolder(ctx.db, serialNos(form.serialNo ?? ''), requestNo),
    ]);
    if (merchant?.status !== 'active') faults.merchantNo = 'merchant_not_active';
    if (holder) faults.serialNo ??= 'serial_taken';
    const known = form.terminalNo ? await findTerminal(ctx.db, form.terminalNo) : null;
    if (known && known.openedBy !== requestNo) faults.terminalNo ??= 'number_taken';
    return faults;
  },
  content: async (_ctx, form) => ({ title: form.merchantName ?? '', merchantNo: form.merchantNo ?? '', amountFen: null }),
  shapes,
  above: merchantCard,
};

export const terminalChangeForm: DraftForm = {
  kind: 'terminalChange',
  fields: terminalChangeFields,
  subjects: {
    heads: (text) => [text.fields.terminalNo, text.fields.merchantNo, text.fields.model, text.fields.serialNo, text.merchants.status],
    async list({ db, text }, q) {
      const rows = await terminals(db, { q, status: 'active' }, 50);
      return rows.map((row) => ({
        id: row.terminalNo,
        cells: [
          html`<span class="mono">${row.terminalNo}</span>`,
          html`<span class="mono">${row.merchantNo}</span>`,
          row.model,
          html`<span class="mono">${row.serialNo}</span>`,
          statusTag(text, row.status),
        ],
      }));
    },
    async start({ db }, terminalNo) {
      const row = await findTerminal(db, terminalNo);
      if (row?.status !== 'active') return null;
      const merchant = await findMerchant(db, row.merchantNo);
      return { ...row.form, terminalNo, merchantNo: row.merchantNo, merchantName: merchant?.name ?? '', baseVersion: String(row.version) };
    },
  },
  read: (typed, kept) => ({
    ...readFields(terminalChangeFields, typed),
    ...ofMerchant(kept),
    terminalNo: kept.terminalNo ?? '',
    baseVersion: kept.baseVersion ?? '',
  }),
  async faults(ctx, requestNo, form) {
    const faults: Faults = terminalFaults(form, false);
    await modelFault(ctx, form.model, faults);
    const row = await findTerminal(ctx.db, form.terminalNo ?? '');
    if (row?.status !== 'active' || String(row.version) !== form.baseVersion) faults.terminalNo = 'stale';
    else {
      const typed = Object.fromEntries(terminalChangeFields.map(({ key }) => [key, form[key] ?? '']));
      if (Object.keys(differences(row.form, { ...row.form, ...typed })).length === 0) faults.installAddress ??= 'nothing_changed';
    }
    const busy = await busyFault(ctx, `terminal:${form.terminalNo}`, requestNo);
    if (busy) faults.terminalNo = busy;
    return faults;
  },
  content: async (_ctx, form) => ({ title: `${form.merchantName} ${form.terminalNo}`, merchantNo: form.merchantNo ?? '', amountFen: null }),
  shapes,
  above: merchantCard,
};

/** 商户终端注销: the usable terminals of a merchant, to tick. */
export const terminalCancellationForm: DraftForm = {
  kind: 'terminalCancellation',
  fields: terminalCancellationFields,
  subjects: merchantSubjects(['active', 'frozen']),
  read: (typed, kept) => ({ ...readFields(terminalCancellationFields, typed), ...ofMerchant(kept) }),
  async faults(ctx, requestNo, form) {
    const faults: Faults = formFaults(terminalCancellationFields, form);
    for (const terminalNo of (form.terminalNos ?? '').split(' ').filter(Boolean)) {
      const row = await findTerminal(ctx.db, terminalNo);
      const usable = row && row.merchantNo === form.merchantNo && (row.status === 'active' || row.frozenBy === requestNo);
      const fault = usable ? await busyFault(ctx, `terminal:${terminalNo}`, requestNo) : 'not_possible';
      if (fault) faults.terminalNos = fault;
    }
    return faults;
  },
  content: async (_ctx, form) => ({
    title: `${form.merchantName} (${(form.terminalNos ?? '').split(' ').filter(Boolean).length})`,
    merchantNo: form.merchantNo ?? '',
    amountFen: null,
  }),
  async shapes({ db, text }, form, _amending, requestNo) {
    const rows = (await terminals(db, { merchantNo: form.merchantNo ?? '' }, 200)).filter((row) => row.status === 'active' || row.frozenBy === requestNo);
    return {
      terminalNos: {
        choices: rows.map((row) => ({ value: row.terminalNo, label: `${row.terminalNo} ${row.model} ${row.serialNo}` })),
        ...(rows.length === 0 ? { hint: text.common.none } : {}),
      },
    };
  },
  above: merchantCard,
};
