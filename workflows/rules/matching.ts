// 对应来账 (rules.md §6.2): which bank line may belong to a top-up, and why. Only suggested, never approved by itself.
import { type Calendar, workingBetween } from './calendar.ts';
import { days } from './time.ts';

export type MatchReason = 'note' | 'account' | 'name' | 'amount';

export interface LineFacts {
  id: number;
  amountFen: number;
  /** `yyyymmdd`. */
  bookedOn: string;
  partyName: string;
  partyAccountNo: string;
  note: string;
}
export interface TopUpFacts {
  requestNo: string;
  amountFen: number;
  /** Account that the merchant registered, and its holder. */
  accountNo: string;
  accountName: string;
  /** Epoch ms. */
  submittedAt: number;
}

// What is plain already is not made even again: most of what banks write is.
const isOdd = (text: string) => /[\s\uff00-\uffef\u3000]/.test(text);

/** Names as they are compared: width, brackets, blanks and case made even. */
export const evenName = (name: string): string =>
  (isOdd(name) ? name.normalize('NFKC').replaceAll(/\s/g, '') : name)
    .replaceAll(/[〔【［[{]/g, '(')
    .replaceAll(/[〕】］\]}]/g, ')')
    .toUpperCase();

/** Digits of an account number, without the blanks and dashes that banks put in. */
export const evenAccount = (account: string): string => (/^\d*$/.test(account) ? account : account.normalize('NFKC').replaceAll(/[\s-]/g, ''));

export const samePayer = (payerName: string, accountName: string): boolean =>
  payerName !== '' && (payerName === accountName || evenName(payerName) === evenName(accountName));

const names = (note: string, requestNo: string): boolean =>
  note.includes(requestNo) || (isOdd(note) && note.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase().includes(requestNo));

const order: readonly MatchReason[] = ['note', 'account', 'name', 'amount'];

/** Lines that may belong to it, best first, each with its reason; one fen off is no match. `amount`: equal amount only, from another payer. */
export function candidates<L extends LineFacts>(topUp: TopUpFacts, lines: readonly L[], calendar?: Calendar): { line: L; reason: MatchReason }[] {
  const { requestNo, amountFen, accountName, submittedAt } = topUp;
  const equal = lines.filter((line) => line.amountFen === amountFen);
  const account = evenAccount(topUp.accountNo);
  const near = (line: L) => Math.abs(workingBetween(startOf(line.bookedOn), submittedAt, calendar)) <= days(4);
  const ofAccount = account === '' ? [] : equal.filter((line) => evenAccount(line.partyAccountNo) === account && near(line));
  const reasonOf = (line: L): MatchReason => {
    if (names(line.note, requestNo)) return 'note';
    if (ofAccount.length === 1 && ofAccount[0] === line) return 'account';
    return samePayer(line.partyName, accountName) ? 'name' : 'amount';
  };
  const found = equal.map((line) => ({ line, reason: reasonOf(line) }));
  if (found.length < 2) return found;
  return found.sort((one, other) => order.indexOf(one.reason) - order.indexOf(other.reason) || (one.line.bookedOn < other.line.bookedOn ? 1 : -1));
}

/** Midnight in Shanghai of a `yyyymmdd`, epoch ms. */
const startOf = (day: string): number => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8))) - 8 * 3_600_000;
