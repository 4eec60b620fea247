// 参数变更: one parameter, from the value that stands to another.
import { policies, policyValue } from '../../../db/reference.ts';
import { groupsHave } from '../../../db/rights.ts';
import { readFields } from '../../../workflows/rules/fields.ts';
import { formFaults, policyFields } from '../../../workflows/rules/forms.ts';
import { decidersOf, policyFits } from '../../../workflows/rules/policies.ts';
import { html } from '../../ui/html.ts';
import type { DraftForm, Faults } from '../form.ts';
import { busyFault } from './merchants.ts';

export const policyForm: DraftForm = {
  kind: 'policyChange',
  fields: policyFields,
  subjects: {
    heads: (text) => [text.fields.policyKey, text.fields.policyBefore, text.audit.detail],
    list: async ({ db }, q) =>
      (await policies(db))
        .filter((row) => `${row.key} ${row.note}`.includes(q))
        .map((row) => ({ id: row.key, cells: [html`<span class="mono">${row.key}</span>`, html`<span class="mono">${row.value}</span>`, row.note] })),
    async start({ db }, key) {
      const value = await policyValue(db, key);
      return value === null ? null : { policyKey: key, policyBefore: value, policyValue: value };
    },
  },
  read: (typed, kept) => ({ ...readFields(policyFields, typed), policyKey: kept.policyKey ?? '', policyBefore: kept.policyBefore ?? '' }),
  async faults(ctx, requestNo, form) {
    const faults: Faults = formFaults(policyFields, form);
    const { policyKey = '', policyValue: value = '', policyBefore = '' } = form;
    const deciders = decidersOf(policyKey, value);
    const fits = policyFits(policyKey, value) && (!deciders || (await groupsHave(ctx.db, deciders.groups, deciders.right)));
    if (!faults.policyValue && !fits) faults.policyValue = 'policy_unknown';
    if (value === policyBefore) faults.policyValue ??= 'nothing_changed';
    if ((await policyValue(ctx.db, policyKey)) !== policyBefore) faults.policyKey = 'stale';
    const busy = await busyFault(ctx, `policy:${policyKey}`, requestNo);
    if (busy) faults.policyKey = busy;
    return faults;
  },
  content: async (_ctx, form) => ({ title: form.policyKey ?? '', merchantNo: '', amountFen: null }),
  shapes: async ({ text }, form) => ({ policyKey: { readonly: true }, policyValue: { hint: `${text.fields.policyBefore}: ${form.policyBefore}` } }),
};
