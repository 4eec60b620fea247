// 用户与权限变更: what an administrator asks for, and whether it could hold.
import { type AccessRefusal, baseOf, subjectState, tryAccess } from '../../../db/access.ts';
import { functions, modules } from '../../../db/rights.ts';
import { groups } from '../../../db/users.ts';
import { type ActName, accessFaults, actRule, isAct, ordered, standing, wanted } from '../../../workflows/rules/access.ts';
import { readFields } from '../../../workflows/rules/fields.ts';
import { fields, type SignedInCtx } from '../../http.ts';
import { actionKind, actionKinds, byModule, nameIn } from '../../people/matrix.ts';
import { type CodeNames, codeNamesOf } from '../../people/names.ts';
import { fill, type Text, word } from '../../text/index.ts';
import { type Hole, html } from '../../ui/html.ts';
import { notice } from '../../ui/parts.ts';
import type { DraftForm, Faults, Shape, Typed } from '../form.ts';
import { busyFault } from './merchants.ts';

const actOf = (form: Typed): ActName | null => (isAct(form.act) ? form.act : null);
const codeField: Record<string, string> = { userCreate: 'userCode', groupCreate: 'groupCode', moduleCreate: 'moduleCode' };

/** Kept as it began, whatever is posted. */
const fixed = ['act', 'id', 'subject', 'subjectName', 'base'] as const;

function read(typed: Record<string, unknown>, kept: Typed): Typed {
  const act = actOf(kept);
  if (!act) return { ...kept };
  const form: Typed = { ...readFields(actRule(act).fields, typed), ...Object.fromEntries(fixed.map((key) => [key, kept[key] ?? ''])) };
  for (const { key, shape } of actRule(act).fields) if (shape === 'dual') form[key] = moved(typed, key, form[key] ?? '');
  const code = codeField[act];
  if (code) {
    form.id = form[code] ?? '';
    form.subject = `${actRule(act).subject}:${form.id}`;
  }
  return form;
}

/** Without a script, a button of the two lists moves what was chosen. */
function moved(typed: Record<string, unknown>, key: string, value: string): string {
  const list = (name: string) => fields(typed[name]);
  const chosen = new Set(value.split(' ').filter(Boolean));
  if (typed[`${key}-move`] === 'in') for (const code of list(`${key}-out`)) chosen.add(code);
  if (typed[`${key}-move`] === 'out') for (const code of list(`${key}-in`)) chosen.delete(code);
  return ordered([...chosen].join(' '));
}

/** `userGroups:clerk001`; of a new subject only the act. */
async function start({ db, user }: SignedInCtx, about: string): Promise<Typed | null> {
  const [act = '', id = ''] = about.split(':');
  if (!isAct(act)) return null;
  const { subject, right, creates } = actRule(act);
  const state = creates ? null : await subjectState(db, subject, id);
  if (!user.rights.includes(right) || (!creates && !state)) return null;
  const code = state?.[`${subject}Code`] ?? '';
  const begun: Typed = { act, id: code, subject: `${subject}:${code}`, subjectName: state?.userName ?? state?.nameZh ?? '', ...standing(act, {}, state) };
  return { ...begun, ...wantedNow(act, begun), base: await baseOf(db, { act, id: code, form: begun }) };
}

/** What the act sets by itself is not typed; everything else begins as it stands. */
const wantedNow = (act: ActName, form: Typed): Typed => ({ ...(actRule(act).sets ? wanted(act, form) : {}) });

/** Why the last look at a change said no, for the card above its form. */
const refusals = new WeakMap<SignedInCtx, AccessRefusal>();

async function faults(ctx: SignedInCtx, requestNo: string, form: Typed): Promise<Faults> {
  const act = actOf(form);
  if (!act) return { reason: 'not_possible' };
  const rule = actRule(act);
  const found: Faults = accessFaults(act, form);
  const first = codeField[act] ?? rule.fields[0]?.key ?? 'reason';
  if (!ctx.user.rights.includes(rule.right)) found[first] = 'not_possible';
  const base = form.base ?? '';
  if (!rule.creates && !found[first] && JSON.stringify(wanted(act, form)) === base) found[first] = 'nothing_changed';
  const busy = form.id ? await busyFault(ctx, `access:${(form.subject ?? '').toLowerCase()}`, requestNo) : null;
  if (busy) found[first] = busy;
  if (Object.keys(found).length > 0) return found;
  const refusal = await tryAccess(ctx.db, { act, id: form.id ?? '', form }, base, [ctx.user.code]);
  if (refusal) {
    refusals.set(ctx, refusal);
    found[first] = refusal.fault;
  }
  return found;
}

async function shapes(ctx: SignedInCtx, form: Typed): Promise<Record<string, Shape>> {
  const act = actOf(form);
  const { db, text } = ctx;
  const words = text.access;
  const [groupRows, moduleRows, functionRows] = await Promise.all([groups(db), modules(db), functions(db)]);
  const groupName = (group: (typeof groupRows)[number]) => `${group.code} ${nameIn(ctx, group)}`;
  const own = functionRows.filter((row) => row.moduleCode === form.id);
  return {
    groups: { choices: groupRows.map((group) => ({ value: group.code, label: groupName(group) })) },
    parent: { choices: moduleRows.filter((one) => one.code !== form.id).map((one) => ({ value: one.code, label: nameIn(ctx, one) })) },
    rights: {
      table: {
        heads: actionKinds.map((kind) => words.kinds[kind]),
        rows: byModule(ctx, moduleRows, functionRows).map(({ group, row }) => ({
          ...(group === undefined ? {} : { group }),
          label: nameIn(ctx, row),
          cells: actionKinds.map((kind) => (actionKind(row.code) === kind ? { value: row.code, label: `${nameIn(ctx, row)}: ${words.kinds[kind]}` } : null)),
        })),
      },
    },
    matrix: {
      table: {
        heads: groupRows.map(groupName),
        rows: own.map((row) => ({
          label: nameIn(ctx, row),
          cells: groupRows.map((group) => ({ value: `${row.code}:${group.code}`, label: `${nameIn(ctx, row)}: ${groupName(group)}` })),
        })),
      },
    },
    ...(act === 'userCreate' ? { userCode: { hint: words.created } } : {}),
  };
}

/** `clerk001 merchantOpening×merchantReview`, `topUp 04`: codes by their names. */
const inWords = (text: Text, names: CodeNames, about: string) =>
  about.replaceAll(/\w+/g, (code) => (Object.hasOwn(text.kinds, code) && !names[code] ? word(text.kinds, code) : (names[code] ?? code)));

async function above(ctx: SignedInCtx, form: Typed): Promise<Hole> {
  const act = actOf(form);
  const { text } = ctx;
  const words = text.access;
  const refusal = refusals.get(ctx);
  const note = act === 'userReset' ? words.initial : act === 'userDelete' ? words.deleting : words.anotherAdmin;
  return [
    refusal?.about && notice('bad', fill(words.conflict, { about: inWords(text, await codeNamesOf(ctx), refusal.about) })),
    act &&
      !actRule(act).creates &&
      html`<section class="card"><h2><span>${words.acts[act]} <span class="mono">${form.id}</span> ${form.subjectName}</span></h2><p class="muted">${note}</p></section>`,
  ];
}

export const accessForm: DraftForm = {
  kind: 'accessChange',
  fields: [],
  fieldsOf: (form) => {
    const act = actOf(form);
    return act ? actRule(act).fields : [];
  },
  confirm: (text, form) => {
    const act = actOf(form);
    return act && actRule(act).applies ? text.access.apply : text.common.confirm;
  },
  title: (text, form) => {
    const act = actOf(form);
    return act ? text.access.acts[act] : text.kinds.accessChange;
  },
  subjects: {
    heads: (text) => [text.fields.act],
    list: async ({ text, user }) =>
      (['userCreate', 'groupCreate', 'moduleCreate'] as const)
        .filter((act) => user.rights.includes(actRule(act).right))
        .map((act) => ({ id: act, cells: [text.access.acts[act]] })),
    start,
  },
  read,
  faults,
  content: async (_ctx, form) => ({
    title: `${form.id ?? ''} ${form.userName || form.nameZh || form.subjectName || ''}`.trim(),
    merchantNo: '',
    amountFen: null,
  }),
  shapes,
  above,
};
