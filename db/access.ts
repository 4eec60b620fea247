// 用户与权限: what a subject is now, who may do what, and a change of it, whole or not at all.
import { sql } from 'drizzle-orm';
import { type AccessWorld, type ActName, actRule, ordered, type SubjectKind, standing, wanted, worldFault } from '../workflows/rules/access.ts';
import type { Fault } from '../workflows/rules/checks.ts';
import { type Kind, kindNames, kindRule } from '../workflows/rules/kinds.ts';
import { decidersOf } from '../workflows/rules/policies.ts';
import type { Db, Reader, Tx } from './connect.ts';
import { policies } from './reference.ts';
import { addModule, changeModule, functions, givenRights, modules, removeModule, setGroupRights, setModuleRights } from './rights.ts';
import { endSessionsOf } from './sessions.ts';
import { removeTotp } from './totp.ts';
import {
  addGroup,
  addUser,
  changeGroup,
  eraseUser,
  findGroup,
  findUser,
  groups,
  hasHistory,
  memberCodes,
  removeGroup,
  renameUser,
  setPassword,
  setUserGroups,
  setUserStatus,
} from './users.ts';

export interface AccessChange {
  act: ActName;
  /** Code of the user, group or module; of a new one as typed. */
  id: string;
  form: Readonly<Record<string, string>>;
}

/** What this subject is now, as flat values: lists of codes as ordered text. Null when there is none. */
export async function subjectState(db: Reader, kind: SubjectKind, id: string): Promise<Record<string, string> | null> {
  if (kind === 'user') {
    const user = await findUser(db, id);
    if (!user) return null;
    const rows = await db.execute<{ code: string }>(sql`select group_code as code from group_member where user_code = ${user.code}`);
    return { userCode: user.code, userName: user.name, status: user.status, groups: ordered(rows.map((row) => row.code).join(' ')), password: 'kept' };
  }
  if (kind === 'group') {
    const group = await findGroup(db, id);
    if (!group) return null;
    const rights = (await givenRights(db)).filter((row) => row.groupCode === group.code).map((row) => row.functionCode);
    return { groupCode: group.code, nameZh: group.nameZh, nameEn: group.nameEn, status: group.status, rights: ordered(rights.join(' ')) };
  }
  const module = (await modules(db)).find((one) => one.code.toLowerCase() === id.toLowerCase());
  if (!module) return null;
  const own = new Set((await functions(db)).filter((one) => one.moduleCode === module.code).map((one) => one.code));
  const matrix = (await givenRights(db)).filter((row) => own.has(row.functionCode)).map((row) => `${row.functionCode}:${row.groupCode}`);
  const { code: moduleCode, nameZh, nameEn, sort, parentCode, status } = module;
  return { moduleCode, nameZh, nameEn, sort: String(sort), parent: parentCode ?? '', status, matrix: ordered(matrix.join(' ')) };
}

/** What the subject's values that this change touches are now; kept with the request, so that a change of what was not seen is refused. */
export async function baseOf(db: Reader, { act, id, form }: AccessChange): Promise<string> {
  const { subject, creates } = actRule(act);
  return JSON.stringify(standing(act, form, creates ? null : await subjectState(db, subject, id)));
}

export interface AccessRefusal {
  fault: Extract<
    Fault,
    | 'code_taken'
    | 'access_changed'
    | 'not_possible'
    | 'group_in_use'
    | 'module_in_use'
    | 'own_rights'
    | 'duty_conflict'
    | 'group_decides'
    | 'last_administrators'
  >;
  /** With whom, or what it concerns. */
  about: string;
}
const no = (fault: AccessRefusal['fault'], about = ''): AccessRefusal => ({ fault, about });

/** One change of users and rights at a time: what may never be looks at all of them. */
const LOCK = 20131104;

/** Makes a change, or tells why it may not be; then the transaction must be given up. `hands` took part in it, `initialHash` is of the initial password. */
export async function changeAccess(tx: Tx, change: AccessChange, base: string, hands: readonly string[], initialHash: string): Promise<AccessRefusal | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
  const { act, id } = change;
  const { subject, creates } = actRule(act);
  const state = await subjectState(tx, subject, id);
  if (creates ? state !== null : state === null) return no(creates ? 'code_taken' : 'access_changed', id);
  if (base !== (await baseOf(tx, change))) return no('access_changed', id);
  if (subject === 'user' && hands.some((code) => code.toLowerCase() === id.toLowerCase())) return no('own_rights', id);
  const before = await accessWorld(tx);
  const fault = await apply(tx, change, initialHash);
  return fault ?? worldFault(before, await accessWorld(tx), hands);
}

/** Whether the change could be made now, without making it. */
export async function tryAccess(db: Db | Tx, change: AccessChange, base: string, hands: readonly string[]): Promise<AccessRefusal | null> {
  let refusal: AccessRefusal | null = null;
  await db
    .transaction(async (tx) => {
      refusal = await changeAccess(tx, change, base, hands, 'tried only');
      tx.rollback();
    })
    .catch((error: unknown) => {
      if ((error as Error).name !== 'TransactionRollbackError' && (error as Error).constructor.name !== 'TransactionRollbackError') throw error;
    });
  return refusal;
}

async function apply(tx: Tx, { act, id, form }: AccessChange, initialHash: string): Promise<AccessRefusal | null> {
  const to = wanted(act, form);
  switch (actRule(act).subject) {
    case 'user':
      return applyToUser(tx, act, id, to, initialHash);
    case 'group':
      return applyToGroup(tx, act, id, to);
    case 'module':
      return applyToModule(tx, act, id, to);
  }
}

type Values = Readonly<Record<string, string>>;

async function applyToUser(tx: Tx, act: ActName, id: string, to: Values, initialHash: string): Promise<AccessRefusal | null> {
  const chosen = (to.groups ?? '').split(' ').filter(Boolean);
  const known = new Set((await groups(tx)).map((group) => group.code));
  if (chosen.some((code) => !known.has(code))) return no('not_possible', chosen.join(' '));
  if (act === 'userCreate') {
    await addUser(tx, { code: id, name: to.userName ?? '', passwordHash: initialHash, mustChangePassword: true, status: 'active' }, chosen);
    return null;
  }
  const user = await findUser(tx, id);
  if (!user) return no('access_changed', id);
  if (act === 'userRename') await renameUser(tx, user.code, to.userName ?? '');
  if (act === 'userGroups') await setUserGroups(tx, user.code, chosen);
  // A reset gives the account back to somebody who lost it: with the password go the one-time codes.
  if (act === 'userReset') await Promise.all([setPassword(tx, user.code, initialHash, true), removeTotp(tx, user.code)]);
  if (act === 'userEnable') await setUserStatus(tx, user.code, 'active');
  if (act === 'userDisable') await setUserStatus(tx, user.code, 'disabled');
  // Whoever left a trace is only disabled, so that the trace still says who it was.
  if (act === 'userDelete') await ((await hasHistory(tx, user.code)) ? setUserStatus(tx, user.code, 'disabled') : eraseUser(tx, user.code));
  if (act === 'userReset' || act === 'userDisable' || act === 'userDelete') await endSessionsOf(tx, user.code);
  return null;
}

async function applyToGroup(tx: Tx, act: ActName, id: string, to: Values): Promise<AccessRefusal | null> {
  if (act === 'groupCreate') {
    await addGroup(tx, { code: id, nameZh: to.nameZh ?? '', nameEn: to.nameEn ?? '', status: 'active' });
    return null;
  }
  const code = (await findGroup(tx, id))?.code ?? id;
  if (act === 'groupChange') await changeGroup(tx, code, { nameZh: to.nameZh ?? '', nameEn: to.nameEn ?? '' });
  if (act === 'groupEnable' || act === 'groupDisable') await changeGroup(tx, code, { status: act === 'groupEnable' ? 'active' : 'disabled' });
  if (act === 'groupRights') {
    const chosen = (to.rights ?? '').split(' ').filter(Boolean);
    const known = new Set((await functions(tx)).map((one) => one.code));
    if (chosen.some((one) => !known.has(one))) return no('not_possible', chosen.join(' '));
    await setGroupRights(tx, code, chosen);
  }
  if (act === 'groupDelete') {
    const inside = await memberCodes(tx, code);
    if (inside.length > 0) return no('group_in_use', inside.join(' '));
    await setGroupRights(tx, code, []);
    await removeGroup(tx, code);
  }
  return null;
}

async function applyToModule(tx: Tx, act: ActName, id: string, to: Values): Promise<AccessRefusal | null> {
  const all = await modules(tx);
  const parentCode = to.parent === '' || to.parent === undefined ? null : to.parent;
  const values = { nameZh: to.nameZh ?? '', nameEn: to.nameEn ?? '', sort: Number(to.sort), parentCode };
  const above = (code: string | null): string[] => {
    const parent = all.find((one) => one.code === code)?.parentCode ?? null;
    return code === null ? [] : [code, ...above(parent)];
  };
  if (parentCode && (!all.some((one) => one.code === parentCode) || above(parentCode).includes(id))) return no('not_possible', parentCode);
  if (act === 'moduleCreate') await addModule(tx, { code: id, ...values });
  if (act === 'moduleChange') await changeModule(tx, id, values);
  if (act === 'moduleEnable' || act === 'moduleDisable') await changeModule(tx, id, { status: act === 'moduleEnable' ? 'active' : 'disabled' });
  const own = (await functions(tx)).filter((one) => one.moduleCode === id);
  if (act === 'moduleDelete') {
    if (own.length > 0 || all.some((one) => one.parentCode === id)) return no('module_in_use', own.map((one) => one.nameZh).join(' '));
    await removeModule(tx, id);
  }
  if (act === 'moduleRights') {
    const pairs = (to.matrix ?? '').split(' ').filter(Boolean);
    const known = new Set((await groups(tx)).map((group) => group.code));
    const fits = pairs.every((pair) => own.some((one) => pair.startsWith(`${one.code}:`)) && known.has(pair.split(':')[1] ?? ''));
    if (!fits) return no('not_possible', to.matrix ?? '');
    await setModuleRights(tx, id, pairs);
  }
  return null;
}

/** Who may do what now. */
export async function accessWorld(db: Reader): Promise<AccessWorld> {
  const [people, groupRows, policyRows] = [
    await db.execute<{ code: string; name: string; groups: string[]; rights: string[] }>(sql`
      select u.code, u.name, coalesce(array_agg(distinct g.code::text) filter (where g.code is not null), '{}') as groups,
        coalesce(array_agg(distinct r.function_code) filter (where o.code is not null), '{}') as rights
      from app_user u left join group_member m on m.user_code = u.code left join user_group g on g.code = m.group_code and g.status = 'active'
        left join group_right r on r.group_code = g.code left join module_function f on f.code = r.function_code
        left join module o on o.code = f.module_code and o.status = 'active'
      where u.status = 'active' group by u.code, u.name`),
    await db.execute<{ code: string; rights: string[] }>(sql`
      select g.code::text as code, coalesce(array_agg(r.function_code) filter (where o.code is not null), '{}') as rights
      from user_group g left join group_right r on r.group_code = g.code left join module_function f on f.code = r.function_code
        left join module o on o.code = f.module_code and o.status = 'active' where g.status = 'active' group by g.code`),
    await policies(db),
  ];
  const policy = new Map(policyRows.map((row) => [row.key, row.value]));
  const decidersOfKind = (kind: Kind) => {
    const key = kind === 'topUp' ? 'plan.topUp.tiers' : `plan.${kind}.levels`;
    const value = policy.get(key);
    return (value === undefined ? null : decidersOf(key, value)?.groups) ?? kindRule(kind).levels;
  };
  return {
    people: [...people],
    groups: Object.fromEntries(groupRows.map((row) => [row.code, row.rights])),
    deciders: Object.fromEntries(kindNames.map((kind) => [kind, decidersOfKind(kind)])) as unknown as AccessWorld['deciders'],
    importApart: policy.get('duty.importAndReview') === 'on',
  };
}
