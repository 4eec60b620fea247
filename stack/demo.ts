// Demo accounts, one per duty; their password counts as already changed. Never in production (stack/settings.ts refuses).
import { hash } from '@node-rs/argon2';

export const DEMO_PASSWORD = 'Zhangfang-2026';

const accounts = [
  ['admin001', '吴管理', '01'],
  ['admin002', '郑管理', '01'],
  ['clerk001', '王录入', '02'],
  ['clerk002', '陈录入', '02'],
  ['check001', '李审核', '03'],
  ['check002', '孙审核', '03'],
  ['finance1', '周财务', '04'],
  ['leader01', '赵主管', '05'],
  ['audit001', '钱审计', '06'],
] as const;

export const demoCodes = accounts.map(([code]) => code);

/** The nine, with the hash of the demo password (one hash for all: it is printed at start anyway). */
export async function demoUsers() {
  const passwordHash = await hash(DEMO_PASSWORD);
  return accounts.map(([code, name, group]) => ({ code, name, groups: [group], passwordHash, mustChangePassword: false, status: 'active' as const }));
}
