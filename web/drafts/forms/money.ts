// 充值, 充值撤销, 额度退款, 来账退回, 调账.
import { bankLines, findLine } from '../../../db/bank.ts';
import { accountExists, findQuota, isReversed } from '../../../db/ledger.ts';
import { findMerchant, merchantForm } from '../../../db/merchants.ts';
import { policyValue } from '../../../db/reference.ts';
import { findRequest, toppedUpOn, topUpsEffective } from '../../../db/requests.ts';
import { readFields } from '../../../workflows/rules/fields.ts';
import {
  adjustmentFaults,
  adjustmentFields,
  formFaults,
  isAdjustable,
  lineReturnFields,
  quotaRefundFields,
  topUpFields,
  topUpVoidFields,
} from '../../../workflows/rules/forms.ts';
import { accountCodes } from '../../../workflows/rules/ledger.ts';
import { mask } from '../../../workflows/rules/merchant-form.ts';
import { readFen, showFen } from '../../../workflows/rules/money.ts';
import { levelsFor, readTiers } from '../../../workflows/rules/tiers.ts';
import { businessDate } from '../../../workflows/rules/time.ts';
import { amountInWords } from '../../../workflows/rules/words.ts';
import { html } from '../../ui/html.ts';
import { moment } from '../../ui/parts.ts';
import { paths } from '../../ui/paths.ts';
import type { DraftForm, Faults, Typed } from '../form.ts';
import { busyFault, merchantCard, merchantSubjects, ofMerchant } from './merchants.ts';

const amountOf = (form: Typed): number | null => readFen(form.amount ?? '');
const wordsOf = (form: Typed): string => {
  const fen = amountOf(form);
  return fen === null ? '' : amountInWords(fen);
};

export const topUpForm: DraftForm = {
  kind: 'topUp',
  dialog: true,
  fields: topUpFields,
  files: ['slip', 'other'],
  subjects: {
    ...merchantSubjects(['active'], (text, merchantNo) => ({ path: paths.pendingTopUps(merchantNo), label: text.drafts.pending })),
    async start({ db }, merchantNo) {
      const [row, version] = await Promise.all([findMerchant(db, merchantNo), merchantForm(db, merchantNo)]);
      if (row?.status !== 'active' || !version) return null;
      const { accountName: payerName, settlementAccountNo: payerAccountNo, openingBankName: payerBank } = version.form;
      return { merchantNo, merchantName: row.name, payerName, payerAccountNo, payerBank };
    },
  },
  // The words are kept as they were sent, so that they can be held against the amount.
  read: (typed, kept) => ({ ...readFields(topUpFields, typed), ...ofMerchant(kept) }),
  async faults(ctx, _requestNo, form) {
    const faults: Faults = formFaults(topUpFields, form);
    if (faults.amount) delete faults.amountInWords;
    else if (form.amountInWords === '') faults.amountInWords = 'words_unseen';
    else if (form.amountInWords !== wordsOf(form)) faults.amountInWords = 'words_differ';
    if ((await findMerchant(ctx.db, form.merchantNo ?? ''))?.status !== 'active') faults.merchantNo = 'merchant_not_active';
    return faults;
  },
  content: async (_ctx, form) => ({ title: form.merchantName ?? '', merchantNo: form.merchantNo ?? '', amountFen: amountOf(form) }),
  async levels({ db }, requestNo, form) {
    const fen = amountOf(form);
    const tiers = readTiers((await policyValue(db, 'plan.topUp.tiers')) ?? '');
    return fen === null || !tiers ? null : levelsFor(tiers, fen, await toppedUpOn(db, form.merchantNo ?? '', businessDate(Date.now()), requestNo));
  },
  // What the page shows are always the words of the amount in it.
  shapes: async (_ctx, form) => ({ amountInWords: { shown: wordsOf(form) } }),
  above: merchantCard,
};

export const topUpVoidForm: DraftForm = {
  kind: 'topUpVoid',
  fields: topUpVoidFields,
  subjects: {
    heads: (text) => [text.fields.topUpNo, text.fields.merchantName, text.bulk.amount, text.inbox.at],
    list: async ({ db }, q) =>
      (await topUpsEffective(db, q, 50)).map((row) => ({
        id: row.requestNo,
        cells: [
          html`<a class="mono" href="${paths.request(row.requestNo)}">${row.requestNo}</a>`,
          row.title,
          html`<span class="num">${showFen(row.amountFen ?? 0)}</span>`,
          moment(row.updatedAt),
        ],
      })),
    async start({ db }, topUpNo) {
      const row = await findRequest(db, topUpNo);
      if (row?.kind !== 'topUp' || row.state !== 'effective' || (await isReversed(db, topUpNo))) return null;
      return { topUpNo, merchantNo: row.merchantNo, merchantName: row.title, amount: showFen(row.amountFen ?? 0) };
    },
  },
  read: (typed, kept) => ({ ...readFields(topUpVoidFields, typed), ...ofMerchant(kept), topUpNo: kept.topUpNo ?? '', amount: kept.amount ?? '' }),
  async faults(ctx, requestNo, form) {
    const faults: Faults = formFaults(topUpVoidFields, form);
    const row = await findRequest(ctx.db, form.topUpNo ?? '');
    const standing = row?.kind === 'topUp' && row.state === 'effective' && !(await isReversed(ctx.db, row.requestNo));
    const fault = standing ? await busyFault(ctx, `topUp:${form.topUpNo}`, requestNo) : 'top_up_unknown';
    if (fault) faults.topUpNo = fault;
    return faults;
  },
  content: async (_ctx, form) => ({ title: form.merchantName ?? '', merchantNo: form.merchantNo ?? '', amountFen: amountOf(form) }),
  above: merchantCard,
};

export const quotaRefundForm: DraftForm = {
  kind: 'quotaRefund',
  fields: quotaRefundFields,
  files: ['other'],
  subjects: merchantSubjects(['active', 'frozen']),
  read: (typed, kept) => ({ ...readFields(quotaRefundFields, typed), ...ofMerchant(kept) }),
  async faults(ctx, _requestNo, form) {
    const faults: Faults = formFaults(quotaRefundFields, form);
    const [row, quota] = await Promise.all([findMerchant(ctx.db, form.merchantNo ?? ''), findQuota(ctx.db, form.merchantNo ?? '')]);
    if (!row || !['active', 'frozen'].includes(row.status)) faults.merchantNo = 'merchant_not_active';
    else if ((amountOf(form) ?? 0) > (quota?.available ?? 0)) faults.amount ??= 'quota_insufficient';
    return faults;
  },
  content: async (_ctx, form) => ({ title: form.merchantName ?? '', merchantNo: form.merchantNo ?? '', amountFen: amountOf(form) }),
  shapes: async ({ text }, form) => ({ amount: { hint: wordsOf(form) === '' ? text.drafts.amountHint : wordsOf(form) } }),
  above: merchantCard,
};

export const lineReturnForm: DraftForm = {
  kind: 'lineReturn',
  fields: lineReturnFields,
  subjects: {
    heads: (text) => [text.bank.bookedOn, text.bank.party, text.fields.payerAccountNo, text.bulk.amount, text.bank.note],
    list: async ({ db }, q) =>
      (await bankLines(db, { state: 'open', direction: 'in', q }, 50)).map((line) => ({
        id: String(line.id),
        cells: [
          line.bookedOn,
          line.partyName,
          html`<span class="mono">${mask(line.partyAccountNo)}</span>`,
          html`<span class="num">${showFen(line.amountFen)}</span>`,
          line.note,
        ],
      })),
    async start({ db }, id) {
      const line = /^\d{1,15}$/.test(id) ? await findLine(db, Number(id)) : null;
      if (line?.direction !== 'in' || line.use) return null;
      return { lineId: id, amount: showFen(line.amountFen), payerName: line.partyName, payerAccountNo: line.partyAccountNo, bookedOn: line.bookedOn };
    },
  },
  read: (typed, kept) => {
    const { lineId = '', amount = '', payerName = '', payerAccountNo = '', bookedOn = '' } = kept;
    return { ...readFields(lineReturnFields, typed), lineId, amount, payerName, payerAccountNo, bookedOn };
  },
  async faults(ctx, requestNo, form) {
    const faults: Faults = formFaults(lineReturnFields, form);
    const line = await findLine(ctx.db, Number(form.lineId));
    if (line?.direction !== 'in' || (line.use && line.use.requestNo !== requestNo)) faults.lineId = 'line_unknown';
    return faults;
  },
  content: async (_ctx, form) => ({ title: form.payerName || '—', merchantNo: '', amountFen: amountOf(form) }),
  above: async ({ text }, form) =>
    html`<section class="card" id="subject"><h2>${form.payerName}</h2><dl class="d"><dt>${text.fields.amount}</dt><dd class="num">${form.amount}</dd><dt>${text.fields.payerAccountNo}</dt><dd class="mono">${mask(form.payerAccountNo ?? '')}</dd><dt>${text.bank.bookedOn}</dt><dd>${form.bookedOn}</dd></dl></section>`,
};

export const adjustmentForm: DraftForm = {
  kind: 'adjustment',
  fields: adjustmentFields,
  files: ['other'],
  read: (typed) => readFields(adjustmentFields, typed),
  async faults(ctx, _requestNo, form) {
    const faults: Faults = adjustmentFaults(form);
    for (const side of ['debit', 'credit'] as const) {
      const [account, owner] = [form[`${side}Account`] ?? '', form[`${side}Owner`] ?? ''];
      if (owner !== '' && !faults[`${side}Owner`] && !(await accountExists(ctx.db, account, owner))) faults[`${side}Owner`] = 'account_unknown';
    }
    return faults;
  },
  content: async (_ctx, form) => {
    const owner = [form.debitOwner, form.creditOwner].find((one) => /^\d{15}$/.test(one ?? '')) ?? '';
    return { title: `${form.debitAccount} / ${form.creditAccount}`, merchantNo: owner, amountFen: amountOf(form) };
  },
  async shapes({ text }, form) {
    const choices = accountCodes.filter(isAdjustable).map((code) => ({ value: code, label: `${code} ${text.accounts[code]}` }));
    const hint = text.drafts.ownerHint;
    return {
      debitAccount: { choices },
      creditAccount: { choices },
      debitOwner: { hint },
      creditOwner: { hint },
      amount: { hint: wordsOf(form) === '' ? text.drafts.amountHint : wordsOf(form) },
    };
  },
};
