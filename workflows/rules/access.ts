// 用户与权限: what may be changed of users, groups and modules, and what such a change may never bring about (rules.md §10).
import type { Fault } from './checks.ts';
import { type FieldRule, shapeFaults } from './fields.ts';
import { type Kind, kindNames, kindRule } from './kinds.ts';

export type SubjectKind = 'user' | 'group' | 'module';

export interface Act {
  subject: SubjectKind;
  /** Function of the manual that offers it. */
  right: 'userManagement' | 'groupManagement' | 'moduleManagement';
  fields: readonly FieldRule[];
  /** What becomes of the subject without anything typed, e.g. its status. */
  sets?: Readonly<Record<string, string>>;
  /** The subject is new. */
  creates?: true;
  /** 应用 rather than 确定. */
  applies?: true;
}

const reason: FieldRule = { key: 'reason', max: 200, required: false, shape: 'paragraph' };
const why: FieldRule = { ...reason, required: true };
const text = (key: string, max: number, required = true): FieldRule => ({ key, max, required, shape: 'text' });
const names = [text('nameZh', 20), text('nameEn', 40)];
const place = [text('sort', 4), { key: 'parent', max: 30, required: false, shape: 'choice' } as const];
const groups: FieldRule = { key: 'groups', max: 600, required: false, shape: 'dual' };

/** Every change there is. What is not written here cannot be asked for. */
export const acts = {
  userCreate: { subject: 'user', right: 'userManagement', fields: [text('userCode', 8), text('userName', 8), groups, reason], creates: true },
  userRename: { subject: 'user', right: 'userManagement', fields: [text('userName', 8), reason] },
  userEnable: { subject: 'user', right: 'userManagement', fields: [reason], sets: { status: 'active' } },
  userDisable: { subject: 'user', right: 'userManagement', fields: [why], sets: { status: 'disabled' } },
  userDelete: { subject: 'user', right: 'userManagement', fields: [why], sets: { status: 'deleted' } },
  userReset: { subject: 'user', right: 'userManagement', fields: [why], sets: { password: 'initial' } },
  userGroups: { subject: 'user', right: 'userManagement', fields: [groups, reason], applies: true },
  groupCreate: { subject: 'group', right: 'groupManagement', fields: [text('groupCode', 2), ...names, reason], creates: true },
  groupChange: { subject: 'group', right: 'groupManagement', fields: [...names, reason] },
  groupEnable: { subject: 'group', right: 'groupManagement', fields: [reason], sets: { status: 'active' } },
  groupDisable: { subject: 'group', right: 'groupManagement', fields: [why], sets: { status: 'disabled' } },
  groupDelete: { subject: 'group', right: 'groupManagement', fields: [why], sets: { status: 'deleted' } },
  groupRights: { subject: 'group', right: 'groupManagement', fields: [{ key: 'rights', max: 4000, required: false, shape: 'matrix' }, reason], applies: true },
  moduleCreate: { subject: 'module', right: 'moduleManagement', fields: [text('moduleCode', 30), ...names, ...place, reason], creates: true },
  moduleChange: { subject: 'module', right: 'moduleManagement', fields: [...names, ...place, reason] },
  moduleEnable: { subject: 'module', right: 'moduleManagement', fields: [reason], sets: { status: 'active' } },
  moduleDisable: { subject: 'module', right: 'moduleManagement', fields: [why], sets: { status: 'disabled' } },
  moduleDelete: { subject: 'module', right: 'moduleManagement', fields: [why], sets: { status: 'deleted' } },
  moduleRights: {
    subject: 'module',
    right: 'moduleManagement',
    fields: [{ key: 'matrix', max: 8000, required: false, shape: 'matrix' }, reason],
    applies: true,
  },
} as const satisfies Record<string, Act>;

export type ActName = keyof typeof acts;
export const isAct = (name: unknown): name is ActName => typeof name === 'string' && Object.hasOwn(acts, name);
export const actRule = (name: ActName): Act => acts[name];

/** Whether a change, by its data, is about this person: nobody decides about themselves. */
export const isAbout = (data: Readonly<Record<string, string>>, code: string): boolean => data.subject?.toLowerCase() === `user:${code}`.toLowerCase();

/** Values that are lists of codes: kept in order, so that equal lists are equal texts. */
const lists: readonly string[] = ['groups', 'rights', 'matrix'];
export const ordered = (codes: string): string => [...new Set(codes.split(/\s+/).filter(Boolean))].toSorted().join(' ');

/** What the subject is to be, as far as this change tells. */
export function wanted(act: ActName, form: Readonly<Record<string, string>>): Record<string, string> {
  const rule = actRule(act);
  const typed = rule.fields.filter(({ key }) => key !== 'reason').map(({ key }) => [key, lists.includes(key) ? ordered(form[key] ?? '') : (form[key] ?? '')]);
  return { ...Object.fromEntries(typed), ...rule.sets };
}

/** The same keys of what the subject is now; for one that does not exist yet all empty. */
export function standing(act: ActName, form: Readonly<Record<string, string>>, state: Readonly<Record<string, string>> | null): Record<string, string> {
  return Object.fromEntries(Object.keys(wanted(act, form)).map((key) => [key, state?.[key] ?? '']));
}

/** 8 letters or digits, 2 for a group; names as wide as 8 letters or 4 汉字. */
export function accessFaults(act: ActName, form: Readonly<Record<string, string>>): Record<string, Fault> {
  const { fields } = actRule(act);
  const faults = shapeFaults(fields, form);
  const check = (key: string, holds: (value: string) => boolean, fault: Fault) => {
    if (fields.some((field) => field.key === key) && form[key] && !faults[key] && !holds(form[key])) faults[key] = fault;
  };
  check('userCode', (value) => /^[A-Za-z0-9]{8}$/.test(value), 'user_code');
  check('userName', (value) => displayWidth(value) <= 8, 'name_width');
  check('groupCode', (value) => /^[A-Za-z0-9]{2}$/.test(value), 'group_code');
  check('moduleCode', (value) => /^[a-z][A-Za-z0-9]{1,29}$/.test(value), 'module_code');
  check('sort', (value) => /^\d{1,4}$/.test(value), 'not_digits');
  return faults;
}

/** A 汉字 is as wide as two letters. */
export const displayWidth = (value: string): number => [...value].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0xff ? 2 : 1), 0);

/** Who may do what, at one moment. */
export interface AccessWorld {
  /** Active users with active groups and rights in force. */
  people: readonly { code: string; name: string; groups: readonly string[]; rights: readonly string[] }[];
  /** Groups that decide each kind, in any tier or level. */
  deciders: Readonly<Record<Kind, readonly string[]>>;
  /** Active groups with their rights in force. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** 银行流水导入 × 充值审核 may not meet. */
  importApart: boolean;
}

/** What a change would bring about that must not be, with whom or what it concerns; null when nothing. `hands` took part in it: nobody changes their own rights. */
export function worldFault(before: AccessWorld, after: AccessWorld, hands: readonly string[]): { fault: AccessFault; about: string } | null {
  for (const code of hands) if (rightsOf(before, code) !== rightsOf(after, code)) return { fault: 'own_rights', about: code };
  const known = new Set(conflicts(before).map((one) => one.key));
  const fresh = conflicts(after).find((one) => !known.has(one.key));
  if (fresh) return { fault: 'duty_conflict', about: fresh.key };
  const undecided = new Set(withoutDecider(before));
  const lost = withoutDecider(after).find((one) => !undecided.has(one));
  if (lost) return { fault: 'group_decides', about: lost };
  if (administrators(after) < Math.min(2, administrators(before))) return { fault: 'last_administrators', about: '' };
  return null;
}
export type AccessFault = 'own_rights' | 'duty_conflict' | 'group_decides' | 'last_administrators';

function rightsOf(world: AccessWorld, code: string): string {
  const person = world.people.find((one) => one.code.toLowerCase() === code.toLowerCase());
  return person ? person.rights.toSorted().join(' ') : '-';
}

/** 录入 × 审核 of the same kind, 审核 × 系统管理, 银行流水导入 × 充值审核: `clerk001 merchantOpening×merchantReview`. */
export function conflicts({ people, deciders, importApart }: AccessWorld): { key: string }[] {
  const found: { key: string }[] = [];
  for (const { code, groups, rights } of people) {
    const meet = (one: string, other: string) => {
      if (rights.includes(one) && rights.includes(other)) found.push({ key: `${code} ${one}×${other}` });
    };
    for (const kind of kindNames) {
      const { submitRight, reviewRight, peers } = kindRule(kind);
      if (peers) continue;
      // A right to review is of use only in a group that decides this kind.
      if (groups.some((group) => deciders[kind].includes(group))) meet(submitRight, reviewRight);
      for (const management of managements) meet(reviewRight, management);
    }
    if (importApart) meet('bankLines', 'topUpReview');
  }
  return found;
}
const managements = ['userManagement', 'groupManagement', 'moduleManagement'] as const;

/** Groups that a plan waits for and that could not decide: `topUp 04`. */
function withoutDecider({ deciders, groups }: AccessWorld): string[] {
  return kindNames.flatMap((kind) => deciders[kind].filter((group) => !groups[group]?.includes(kindRule(kind).reviewRight)).map((group) => `${kind} ${group}`));
}

/** People who can decide about users and rights: with fewer than two, nothing could ever be changed again. */
function administrators({ people, deciders }: AccessWorld): number {
  const { submitRight, reviewRight } = kindRule('accessChange');
  const needed = ['inbox', submitRight, reviewRight, 'userManagement'];
  return people.filter(({ groups, rights }) => needed.every((right) => rights.includes(right)) && groups.some((group) => deciders.accessChange.includes(group)))
    .length;
}
