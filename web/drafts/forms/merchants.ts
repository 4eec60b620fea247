// 变更, 冻结, 恢复 and 注销 of a merchant.
import { findQuota } from '../../../db/ledger.ts';
import { findMerchant, type MerchantRow, merchantForm, merchants } from '../../../db/merchants.ts';
import { openRequestsOf } from '../../../db/open-requests.ts';
import { openOf } from '../../../db/requests.ts';
import { unsettledBatches } from '../../../db/terminal-sessions.ts';
import type { Fault } from '../../../workflows/rules/checks.ts';
import { readFields } from '../../../workflows/rules/fields.ts';
import { formFaults, reasonFields } from '../../../workflows/rules/forms.ts';
import type { Kind } from '../../../workflows/rules/kinds.ts';
import { merchantFields, readMerchantForm } from '../../../workflows/rules/merchant-form.ts';
import { showFen } from '../../../workflows/rules/money.ts';
import { differences } from '../../../workflows/rules/take.ts';
import type { SignedInCtx } from '../../http.ts';
import { fill, type Text, word } from '../../text/index.ts';
import { type Hole, html } from '../../ui/html.ts';
import { statusTag } from '../../ui/parts.ts';
import { paths } from '../../ui/paths.ts';
import type { DraftForm, Faults, Subject, Typed } from '../form.ts';
import { attachmentParts, fieldsets, merchantFaults, merchantShapes, merchantWarnings, warnedFields } from './merchant-tables.ts';

type Status = MerchantRow['status'];

/** Merchants of these statuses, to choose one. */
export const merchantSubjects = (
  statuses: readonly Status[],
  more?: (text: Text, merchantNo: string) => Subject['more'],
): NonNullable<DraftForm['subjects']> => ({
  heads: (text) => [text.fields.merchantNo, text.fields.merchantName, text.merchants.status, text.merchants.available],
  async list({ db, text }, q) {
    const lists = await Promise.all(statuses.map((status) => merchants(db, { q, status }, 50)));
    const rows = lists.flat().toSorted((one, other) => one.merchantNo.localeCompare(other.merchantNo));
    return Promise.all(
      rows.map(async (row) => {
        const link = more?.(text, row.merchantNo);
        const available = (await findQuota(db, row.merchantNo))?.available ?? 0;
        const cells: Hole[] = [
          html`<span class="mono">${row.merchantNo}</span>`,
          row.name,
          statusTag(text, row.status),
          html`<span class="num">${showFen(available)}</span>`,
        ];
        return { id: row.merchantNo, cells, ...(link ? { more: link } : {}) };
      }),
    );
  },
  async start({ db }, merchantNo) {
    const row = await findMerchant(db, merchantNo);
    return row && statuses.includes(row.status) ? { merchantNo, merchantName: row.name } : null;
  },
});

/** Keys that every draft about a merchant keeps. */
export const ofMerchant = (kept: Typed): Typed => ({ merchantNo: kept.merchantNo ?? '', merchantName: kept.merchantName ?? '' });

/** Whom it is about, in one card. */
export async function merchantCard({ db, text }: SignedInCtx, form: Typed): Promise<Hole> {
  const merchantNo = form.merchantNo ?? '';
  const [row, quota, busy] = await Promise.all([findMerchant(db, merchantNo), findQuota(db, merchantNo), openRequestsOf(db, [`merchant:${merchantNo}`])]);
  if (!row) return null;
  const money =
    quota &&
    html`<dt>${text.merchants.available}</dt><dd class="num">${showFen(quota.available)}</dd><dt>${text.merchants.frozen}</dt><dd class="num">${showFen(quota.frozen)}</dd>`;
  return html`<section class="card" id="subject"><h2>${row.name} ${statusTag(text, row.status)}</h2><dl class="d"><dt>${text.fields.merchantNo}</dt><dd class="mono"><a href="${paths.merchant(merchantNo)}">${merchantNo}</a></dd>${money}</dl>${busy.map((one) => html`<p class="msg">${fill(text.drafts.busy, { kind: word(text.kinds, one.kind) })} <a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a></p>`)}</section>`;
}

/** Another request of this record is open. */
export async function busyFault({ db }: SignedInCtx, record: string, requestNo: string): Promise<Fault | null> {
  return (await openRequestsOf(db, [record])).some((one) => one.requestNo !== requestNo) ? 'record_busy' : null;
}

function reasonForm(
  kind: Kind,
  statuses: readonly Status[],
  otherwise: Fault,
  obstacles?: (ctx: SignedInCtx, requestNo: string, merchantNo: string) => Promise<boolean>,
): DraftForm {
  return {
    kind,
    fields: reasonFields,
    subjects: merchantSubjects(statuses),
    read: (typed, kept) => ({ ...readFields(reasonFields, typed), ...ofMerchant(kept) }),
    async faults(ctx, requestNo, form) {
      const merchantNo = form.merchantNo ?? '';
      const faults: Faults = formFaults(reasonFields, form);
      const row = await findMerchant(ctx.db, merchantNo);
      const mine = row?.frozenBy === requestNo;
      const fault = !row || !(statuses.includes(row.status) || mine) ? otherwise : await busyFault(ctx, `merchant:${merchantNo}`, requestNo);
      if (fault) faults.merchantNo = fault;
      else if (await obstacles?.(ctx, requestNo, merchantNo)) faults.merchantNo = 'not_possible';
      return faults;
    },
    content: async (_ctx, form) => ({ title: form.merchantName ?? '', merchantNo: form.merchantNo ?? '', amountFen: null }),
    above: merchantCard,
  };
}

export const freezeForm = reasonForm('merchantFreeze', ['active'], 'merchant_not_active');
export const restoreForm = reasonForm('merchantRestore', ['frozen'], 'merchant_not_frozen');

/** What stands in the way of a cancellation, each with where to settle it. */
export async function obstacles({ db, text }: SignedInCtx, requestNo: string, merchantNo: string): Promise<Hole[]> {
  const [quota, open, batches] = await Promise.all([findQuota(db, merchantNo), openOf(db, merchantNo, requestNo), unsettledBatches(db, merchantNo)]);
  const held = quota ? quota.available + quota.frozen : 0;
  return [
    ...(held > 0
      ? [html`${text.refusals.quota_not_zero} (${showFen(held)}): <a href="${paths.newDraft('quotaRefund', { q: merchantNo })}">${text.kinds.quotaRefund}</a>`]
      : []),
    ...open.map(
      (row) => html`${text.refusals.requests_open}: ${word(text.kinds, row.kind)} <a class="mono" href="${paths.request(row.requestNo)}">${row.requestNo}</a>`,
    ),
    ...batches.map(
      ({ terminalNo, batchNo }) => html`${text.refusals.batch_open}: <a class="mono" href="${paths.terminal(terminalNo)}">${terminalNo}</a> ${batchNo}`,
    ),
  ];
}

const cancelling = reasonForm(
  'merchantCancellation',
  ['active', 'frozen'],
  'merchant_not_active',
  async (ctx, requestNo, merchantNo) => (await obstacles(ctx, requestNo, merchantNo)).length > 0,
);
export const cancellationForm: DraftForm = {
  ...cancelling,
  async above(ctx, form) {
    const reasons = await obstacles(ctx, form.requestNo ?? '', form.merchantNo ?? '');
    const list =
      reasons.length > 0 &&
      html`<section class="card warned" id="obstacles"><h2>${ctx.text.drafts.obstacles}</h2><ul class="faults">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul></section>`;
    return [await merchantCard(ctx, form), list];
  },
};

const changeFields = merchantFields.filter((field) => field.key !== 'merchantNo');

export const changeForm: DraftForm = {
  kind: 'merchantChange',
  fields: changeFields,
  parts: fieldsets,
  warnedFields,
  files: attachmentParts,
  quick: true,
  subjects: {
    ...merchantSubjects(['active', 'frozen']),
    async start({ db }, merchantNo) {
      const [row, version] = await Promise.all([findMerchant(db, merchantNo), merchantForm(db, merchantNo)]);
      return version && (row?.status === 'active' || row?.status === 'frozen') ? { ...version.form, baseVersion: String(version.version) } : null;
    },
  },
  read: (typed, kept) => ({ ...readMerchantForm(typed), merchantNo: kept.merchantNo ?? '', baseVersion: kept.baseVersion ?? '' }),
  async faults(ctx, requestNo, typed) {
    const form = readMerchantForm(typed);
    const [{ faults }, row, base] = await Promise.all([
      merchantFaults(ctx, form),
      findMerchant(ctx.db, form.merchantNo),
      merchantForm(ctx.db, form.merchantNo, Number(typed.baseVersion)),
    ]);
    if (!row || !base || String(row.version) !== typed.baseVersion) faults.merchantNo = 'stale';
    else if (Object.keys(differences(base.form, form)).length === 0) faults.merchantName ??= 'nothing_changed';
    const busy = await busyFault(ctx, `merchant:${form.merchantNo}`, requestNo);
    if (busy) faults.merchantNo = busy;
    return faults;
  },
  warnings: (ctx, requestNo, form) => merchantWarnings(ctx, readMerchantForm(form), { requestNo, merchantNo: form.merchantNo ?? '' }),
  content: async (_ctx, form) => ({ title: form.merchantName ?? '', merchantNo: form.merchantNo ?? '', amountFen: null }),
  shapes: (ctx) => merchantShapes(ctx),
  above: merchantCard,
};
