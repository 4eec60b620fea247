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

/** Names as they are compared: width, brackets, blanks and case made even. */
export const evenName = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/[〔【［[{]/g, '(')
    .replaceAll(/[〕】］\]}]/g, ')')
    .replaceAll(/\s/g, '')
    .toUpperCase();

/** Digits of an account number, without the blanks and dashes that banks put in. */
export const evenAccount = (account: string): string => account.normalize('NFKC').replaceAll(/[\s-]/g, '');

export const samePayer = (payerName: string, accountName: string): boolean => evenName(payerName) !== '' && evenName(payerName) === evenName(accountName);

/** Lines that may belong to it, best first, each with its reason; one fen off is no match. `amount`: equal amount only, from another payer. */
export function candidates<L extends LineFacts>(topUp: TopUpFacts, lines: readonly L[], calendar?: Calendar): { line: L; reason: MatchReason }[] {
  const equal = lines.filter((line) => line.amountFen === topUp.amountFen);
  const near = (line: L) => Math.abs(workingBetween(startOf(line.bookedOn), topUp.submittedAt, calendar)) <= days(4);
  const ofAccount = equal.filter((line) => topUp.accountNo !== '' && evenAccount(line.partyAccountNo) === evenAccount(topUp.accountNo) && near(line));
  const reasonOf = (line: L): MatchReason => {
    if (line.note.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase().includes(topUp.requestNo)) return 'note';
    if (ofAccount.length === 1 && ofAccount[0] === line) return 'account';
    return samePayer(line.partyName, topUp.accountName) ? 'name' : 'amount';
  };
  const order: MatchReason[] = ['note', 'account', 'name', 'amount'];
  return equal
    .map((line) => ({ line, reason: reasonOf(line) }))
    .toSorted((one, other) => order.indexOf(one.reason) - order.indexOf(other.reason) || other.line.bookedOn.localeCompare(one.line.bookedOn));
}

/** Midnight in Shanghai of a `yyyymmdd`, epoch ms. */
const startOf = (day: string): number => Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8))) - 8 * 3_600_000;
