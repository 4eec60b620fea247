// The people of every story, and the merchant they talk about.
import { randomUUID } from 'node:crypto';
import type { Db } from '../db/connect.ts';
import { addUser } from '../db/users.ts';
import { demoUsers } from '../stack/demo.ts';
import type { Command } from '../workflows/rules/command.ts';
import { type Kind, kinds } from '../workflows/rules/kinds.ts';
import type { Actor, Content, Submission } from '../workflows/rules/request.ts';
import type { Action } from '../workflows/rules/steps.ts';

const actor = (code: string, name: string, groups: string[], rights: string[]): Actor => ({ code, name, groups, rights });
const clerkRights = ['inbox', 'merchantOpening', 'merchantChange', 'topUp', 'adjustment', 'merchantInfo', 'passwordChange'];
const checkRights = ['inbox', 'merchantReview', 'terminalReview', 'topUpReview', 'merchantInfo', 'passwordChange'];

export const clerk001 = actor('clerk001', '王录入', ['02'], clerkRights);
export const clerk002 = actor('clerk002', '陈录入', ['02'], clerkRights);
export const check001 = actor('check001', '李审核', ['03'], checkRights);
export const check002 = actor('check002', '孙审核', ['03'], checkRights);
export const finance1 = actor('finance1', '周财务', ['04'], ['inbox', 'topUpReview', 'bankLines', 'lineReturn']);
export const leader01 = actor('leader01', '赵主管', ['05'], ['inbox', 'topUpReview', 'policyReview']);

/** M1 of the scenarios; change what a story needs otherwise. */
export const m1 = {
  merchantNo: '898210154110001',
  merchantName: '沈阳和泰商贸有限公司',
  shortName: '和泰商贸',
  englishName: '',
  uscc: '91210102587500011W',
  legalRepresentative: '张伟',
  idCardNo: '11010519491231002X',
  mcc: '5411',
  areaCode: '2101',
  businessAddress: '沈阳市和平区中山路 100 号',
  businessHours: '09:00-21:00',
  contactName: '刘洋',
  contactMobile: '13800138000',
  financeContact: '',
  email: '',
  accountManager: '',
  accountType: 'corporate',
  openingBankName: '中国工商银行',
  cnapsCode: '102100099996',
  accountName: '沈阳和泰商贸有限公司',
  settlementAccountNo: '3301020409200123456',
  feeRate: '0.38',
  feeCap: '',
  singleLimit: '',
  dailyLimit: '',
  monthlyLimit: '',
  remark: '',
};

let sequence = 0;

/** A merchant opening by clerk001 with a number of its own. */
export function opening(changes: Partial<typeof m1> = {}, maker: Actor = clerk001): Submission {
  sequence += 1;
  const merchantNo = changes.merchantNo ?? `89821015411${String(sequence).padStart(4, '0')}`;
  const data = { ...m1, ...changes, merchantNo };
  const requestNo = `MO20261123${String(sequence).padStart(6, '0')}`;
  return { requestNo, kind: 'merchantOpening', actor: maker, data, title: data.merchantName, merchantNo, amountFen: null, reasons: {} };
}

/** A request of any other kind, with a number of its own. */
export function request(kind: Kind, content: Partial<Content> & { data: Record<string, string> }, maker: Actor = clerk001): Submission {
  sequence += 1;
  const requestNo = `${kinds[kind].prefix}20261124${String(sequence).padStart(6, '0')}`;
  return { requestNo, kind, actor: maker, title: '', merchantNo: '', amountFen: null, reasons: {}, ...content };
}

export function command(action: Action, by: Actor, revision: number, more: Partial<Command> = {}): Command {
  return { commandId: randomUUID(), requestNo: '', action, actor: by, revision, reason: '', ...more };
}

/** Everybody of the demo, with the password of the demo, in a test's database. */
export async function seedCast(db: Db): Promise<void> {
  const users = await demoUsers();
  await db.transaction(async (tx) => {
    for (const { groups, ...user } of users) await addUser(tx, user, groups);
  });
}
