// How answers are written: the bytes are kept with the transaction, so the order of what they say is fixed here.
import type { AnswerFacts } from '../../db/online.ts';
import type { Settled } from '../../db/terminal-sessions.ts';
import type { Message } from '../../workflows/rules/online.ts';
import { type Advice, type ResponseCode, responseCodes } from '../../workflows/rules/response-codes.ts';
import { shanghaiTime } from '../../workflows/rules/time.ts';

const head = (code: ResponseCode, advice: Advice = responseCodes[code].advice) => ({
  code,
  textZh: responseCodes[code].zh,
  textEn: responseCodes[code].en,
  advice,
});

/** As text, up to what follows. */
const headText = Object.fromEntries(Object.keys(responseCodes).map((code) => [code, JSON.stringify(head(code as ResponseCode)).slice(0, -1)]));

export const systemNoOf = (id: number) => String(id).padStart(12, '0');

export function answerText({ batchNo, traceNo, amountFen }: Message, { code, systemNo, feeFen, availableFen, at }: AnswerFacts): string {
  const no = systemNo === null ? null : systemNoOf(systemNo);
  return `${headText[code]},${JSON.stringify({ systemNo: no, batchNo, traceNo, amountFen, feeFen, availableFen, at: shanghaiTime(at) }).slice(1)}`;
}

export const signOnText = (code: ResponseCode, given: { batchNo: number; keyNo: number; workingKey: string }): string =>
  JSON.stringify(code === '00' ? { ...head(code), ...given, at: shanghaiTime(Date.now()) } : head(code));

export const settlementText = ({ code, balanced, counted, nextBatchNo, differences }: Settled): string =>
  JSON.stringify(code === '00' ? { ...head(code), balanced, counted, nextBatchNo, differences } : head(code));

export const refusalText = (code: ResponseCode, advice?: Advice): string => JSON.stringify(head(code, advice));
