// 相似申请: what makes two requests look like the same one twice, whatever their kinds.
import type { Content } from './request.ts';

export const twinReasons = ['amount', 'account', 'uscc', 'idCardNo'] as const;
export type TwinReason = (typeof twinReasons)[number];

/** Keys that a request shares with its twins: same merchant and amount, same account, same licence, same legal person. */
export function twinKeys({ data, merchantNo, amountFen }: Content): string[] {
  const keys: [TwinReason, string | undefined][] = [
    ['amount', amountFen === null ? undefined : `${merchantNo}/${amountFen}`],
    ['account', data.payerAccountNo ?? data.settlementAccountNo],
    ['uscc', data.uscc],
    ['idCardNo', data.idCardNo],
  ];
  return keys.flatMap(([reason, value]) => (value ? [`${reason}:${value}`] : []));
}

/** Why a key makes a twin. */
export const reasonOf = (key: string): TwinReason => twinReasons.find((reason) => key.startsWith(`${reason}:`)) ?? 'amount';
