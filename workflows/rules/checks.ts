// Identifiers of the trade: each check answers null, or the code word of what is wrong (the page translates it).

export type Fault =
  | 'required' | 'too_long' | 'length' | 'alphabet' | 'check_digit' | 'not_a_date' | 'in_future' | 'under_age' | 'not_digits' | 'phone'
  | 'email' | 'hours' | 'money' | 'rate' | 'choice' | 'area_unknown' | 'mcc_unknown' | 'number_taken' | 'number_full' | 'bank_unknown'
  | 'cnaps_bank' | 'control_character' | 'license_missing' | 'reason_missing' | 'acquirer_unknown'
  | 'too_many' | 'twice' | 'one_only' | 'date' | 'not_owned' | 'same_account' | 'serial_taken' | 'merchant_not_active' | 'merchant_not_frozen' | 'quota_insufficient'
  | 'words_differ' | 'words_unseen' | 'model_unknown' | 'record_busy' | 'stale' | 'nothing_changed' | 'account_unknown' | 'top_up_unknown' | 'line_unknown' | 'policy_unknown' | 'not_possible'
  | 'user_code' | 'group_code' | 'module_code' | 'name_width' | 'code_taken' | 'own_rights' | 'duty_conflict' | 'group_in_use' | 'group_decides' | 'last_administrators' | 'module_in_use' | 'access_changed';

const usccAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** 统一社会信用代码, GB 32100-2015: 18 characters of an alphabet without I O S V Z, the last one a check modulo 31. */
export function usccFault(code: string): Fault | null {
  if (code.length !== 18) return 'length';
  const values = [...code].map((letter) => usccAlphabet.indexOf(letter));
  if (values.includes(-1)) return 'alphabet';
  const sum = usccWeights.reduce((total, weight, i) => total + weight * (values[i] ?? 0), 0);
  return (31 - (sum % 31)) % 31 === values[17] ? null : 'check_digit';
}

/** Organisation code inside a 统一社会信用代码 (positions 9–17), GB 11714: only warned about, since old codes were issued with faults. */
export function organisationCodeDoubtful(uscc: string): boolean {
  const value = (letter: string) => (/\d/.test(letter) ? Number(letter) : letter.charCodeAt(0) - 55);
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * value(uscc[8 + i] ?? '0'), 0);
  const check = 11 - (sum % 11);
  return uscc[16] !== (check === 10 ? 'X' : check === 11 ? '0' : String(check));
}

const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** 居民身份证, GB 11643: check character, a real birthday, and of age (18) on `today` (yyyymmdd). */
export function idCardFault(id: string, today: string): Fault | null {
  if (!/^\d{17}[\dX]$/.test(id)) return id.length === 18 ? 'alphabet' : 'length';
  const [year, month, day] = [Number(id.slice(6, 10)), Number(id.slice(10, 12)), Number(id.slice(12, 14))];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return 'not_a_date';
  if (id.slice(6, 14) > today) return 'in_future';
  const sum = idWeights.reduce((total, weight, i) => total + weight * Number(id[i]), 0);
  if ('10X98765432'[sum % 11] !== id[17]) return 'check_digit';
  return `${year + 18}${id.slice(10, 14)}` > today ? 'under_age' : null;
}

/** 联行号 (CNAPS): 12 digits, the last one ISO 7064 MOD 11,10. */
export function cnapsFault(code: string): Fault | null {
  if (!/^\d*$/.test(code)) return 'not_digits';
  if (code.length !== 12) return 'length';
  let p = 10;
  for (const digit of code.slice(0, 11)) p = (((p + Number(digit)) % 10 || 10) * 2) % 11;
  return (11 - p) % 10 === Number(code[11]) ? null : 'check_digit';
}

/** 对私账号: 13–19 digits with a Luhn check (ISO 7812). */
export function personalAccountFault(account: string): Fault | null {
  if (!/^\d*$/.test(account)) return 'not_digits';
  if (account.length < 13 || account.length > 19) return 'length';
  let sum = 0;
  for (let i = 0; i < account.length; i++) {
    const digit = Number(account[account.length - 1 - i]) * (i % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0 ? null : 'check_digit';
}

/** 对公账号: 8–32 digits; banks number them freely, so no check digit is asked. */
export function corporateAccountFault(account: string): Fault | null {
  if (!/^\d*$/.test(account)) return 'not_digits';
  return account.length < 8 || account.length > 32 ? 'length' : null;
}

export const mobileFault = (phone: string): Fault | null => (/^1[3-9]\d{9}$/.test(phone) ? null : 'phone');
export const phoneFault = (phone: string): Fault | null => (/^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/.test(phone) ? null : mobileFault(phone));
export const emailFault = (email: string): Fault | null => (/^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/.test(email) ? null : 'email');
export const hoursFault = (hours: string): Fault | null => (/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(hours) ? null : 'hours');
