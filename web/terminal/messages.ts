// The messages of /terminal/v1 as data: zod reads them, and OpenAPI is made from the same schemas. Amounts in fen.
import { z } from 'zod';
import { reversalReasons } from '../../workflows/rules/online.ts';

const merchantNo = z
  .string()
  .regex(/^\d{15}$/)
  .describe('商户编号');
const terminalNo = z
  .string()
  .regex(/^\d{8}$/)
  .describe('终端号');
const batchNo = z.int().min(1).max(999_999).describe('批次号, given at sign-on');
const traceNo = z.int().min(1).max(999_999).describe("终端流水号, the terminal's own number within its batch");
const amountFen = z.int().describe('金额, fen; from 1 to 999999999999, otherwise answered 13');
const who = { merchantNo, terminalNo };
const keyed = { ...who, batchNo, traceNo };

export const signOnBody = z.strictObject({ ...who, traceNo });
export const purchaseBody = z.strictObject({
  ...keyed,
  amountFen,
  cardNo: z
    .string()
    .regex(/^\d{13,19}$/)
    .optional()
    .describe('卡号; kept as its first six and last four digits'),
});
export const voidBody = z.strictObject({ ...keyed, amountFen, original: z.strictObject({ batchNo, traceNo }) });
export const refundBody = z.strictObject({ ...keyed, amountFen, original: z.strictObject({ terminalNo: terminalNo.optional(), batchNo, traceNo }) });
export const reversalBody = z.strictObject({
  ...keyed,
  reason: z.enum(reversalReasons).describe('98 no answer, 96 failed after approval, A0 wrong MAC, 06 other'),
});
export const balanceBody = z.strictObject(keyed);
const totals = z.strictObject({ debitCount: z.int().min(0), debitFen: z.int().min(0), creditCount: z.int().min(0), creditFen: z.int().min(0) });
export const settlementBody = z.strictObject({ ...keyed, totals });
export const uploadBody = z.strictObject({
  ...keyed,
  transactions: z.array(z.strictObject({ traceNo, type: z.enum(['purchase', 'void', 'refund']), amountFen: z.int().min(1) })).max(5000),
});

const head = {
  code: z
    .string()
    .regex(/^[0-9A-Z]{2}$/)
    .describe('应答码'),
  textZh: z.string(),
  textEn: z.string(),
  advice: z.enum(['none', 'retry', 'reverse', 'stop']).describe('what the terminal does next'),
};
export const answerBody = z.object({
  ...head,
  systemNo: z.string().nullable().describe('系统流水号'),
  batchNo: z.int(),
  traceNo: z.int(),
  amountFen: z.int(),
  feeFen: z.int(),
  availableFen: z.int().nullable().describe('available quota afterwards'),
  at: z.string().describe('Shanghai time'),
});
export const signOnAnswer = z.object({
  ...head,
  batchNo: z.int(),
  keyNo: z.int(),
  workingKey: z.string().describe('base64: AES-256-GCM under the master key, nonce 12 bytes, key 32, tag 16; the terminal number as additional data'),
  at: z.string(),
});
export const settlementAnswer = z.object({
  ...head,
  balanced: z.union([z.literal(1), z.literal(2), z.literal(3)]).describe('1 agrees, 2 send the transactions, 3 differences were put on record'),
  counted: totals,
  nextBatchNo: z.int(),
  differences: z.array(z.object({ traceNo: z.int(), type: z.string(), amountFen: z.int(), why: z.enum(['ours', 'theirs', 'amount']) })),
});
export const refusalAnswer = z.object(head);

/** Every message: its address under /terminal/v1, what it is, how large it may be (bytes). */
export const messageTypes = {
  'sign-on': { type: 'signOn', zh: '签到', body: signOnBody, answer: signOnAnswer, most: 8192 },
  purchase: { type: 'purchase', zh: '消费', body: purchaseBody, answer: answerBody, most: 8192 },
  void: { type: 'void', zh: '消费撤销', body: voidBody, answer: answerBody, most: 8192 },
  refund: { type: 'refund', zh: '退货', body: refundBody, answer: answerBody, most: 8192 },
  reversal: { type: 'reversal', zh: '冲正', body: reversalBody, answer: answerBody, most: 8192 },
  balance: { type: 'balance', zh: '余额查询', body: balanceBody, answer: answerBody, most: 8192 },
  settlement: { type: 'settlement', zh: '批结算', body: settlementBody, answer: settlementAnswer, most: 8192 },
  'batch-upload': { type: 'batchUpload', zh: '批上送', body: uploadBody, answer: settlementAnswer, most: 1_000_000 },
} as const;
export type MessageName = keyof typeof messageTypes;
export const isMessageName = (name: string): name is MessageName => Object.hasOwn(messageTypes, name);
