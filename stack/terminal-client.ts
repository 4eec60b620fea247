// A terminal as a program: keys, batch, numbers, and messages signed as /terminal/v1 asks.
import { randomBytes } from 'node:crypto';
import { answerMac, macOf, sameMac } from '../web/terminal/mac.ts';
import type { MessageName } from '../web/terminal/messages.ts';
import type { BatchItem, BatchTotals } from '../workflows/rules/batches.ts';
import { openKey, openUnderMaster } from './terminal-keys.ts';

/** What a terminal remembers between two messages; `items` are the transactions that it holds as successful in this batch. */
export interface TerminalMemory {
  merchantNo: string;
  terminalNo: string;
  /** Hex. */
  masterKey: string;
  workingKey: string;
  batchNo: number;
  traceNo: number;
  items: BatchItem[];
}

export interface TerminalAnswer {
  status: number;
  code: string;
  /** The bytes as they came. */
  text: string;
  body: Record<string, unknown>;
  /** Whether the answer's own signature holds; null when it had none. */
  genuine: boolean | null;
}

export const freshMemory = (merchantNo: string, terminalNo: string, masterKey: string): TerminalMemory => ({
  merchantNo,
  terminalNo,
  masterKey,
  workingKey: '',
  batchNo: 0,
  traceNo: 0,
  items: [],
});

/** The memory of a terminal whose record we hold, its master key opened. */
export const memoryOf = (secret: string, { merchantNo, terminalNo, keyCipher }: Record<'merchantNo' | 'terminalNo' | 'keyCipher', string>): TerminalMemory =>
  freshMemory(merchantNo, terminalNo, openKey(secret, terminalNo, keyCipher));

/** How messages travel; the simulator loses answers here. */
export type Send = (url: string, headers: Record<string, string>, body: string) => Promise<{ status: number; mac: string; text: string }>;

export const overHttp: Send = async (url, headers, body) => {
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body, signal: AbortSignal.timeout(20_000) });
  return { status: answer.status, mac: answer.headers.get('X-Mac') ?? '', text: await answer.text() };
};

export class TerminalClient {
  readonly memory: TerminalMemory;
  readonly #base: string;
  readonly #send: Send;

  constructor(base: string, memory: TerminalMemory, send: Send = overHttp) {
    this.#base = base;
    this.memory = memory;
    this.#send = send;
  }

  nextTrace(): number {
    this.memory.traceNo = (this.memory.traceNo % 999_999) + 1;
    return this.memory.traceNo;
  }

  /** Sends one message; `sign` may be wrong on purpose. */
  async tell(name: MessageName, fields: Record<string, unknown>, sign: { key?: string; timestamp?: number; nonce?: string } = {}): Promise<TerminalAnswer> {
    const { merchantNo, terminalNo, masterKey, workingKey } = this.memory;
    const key = Buffer.from(sign.key ?? (name === 'sign-on' ? masterKey : workingKey), 'hex');
    const [timestamp, nonce] = [String(sign.timestamp ?? Date.now()), sign.nonce ?? randomBytes(12).toString('base64url')];
    const path = `/terminal/v1/${name}`;
    const body = JSON.stringify({ merchantNo, terminalNo, ...fields });
    const mac = macOf(key, { method: 'POST', path, timestamp, nonce, body });
    const { status, mac: given, text } = await this.#send(`${this.#base}${path}`, { 'X-Timestamp': timestamp, 'X-Nonce': nonce, 'X-Mac': mac }, body);
    const read = JSON.parse(text) as Record<string, unknown>;
    return { status, code: String(read.code), text, body: read, genuine: given === '' ? null : sameMac(given, answerMac(key, nonce, text)) };
  }

  async signOn(): Promise<TerminalAnswer> {
    const answer = await this.tell('sign-on', { traceNo: this.nextTrace() });
    if (answer.code !== '00') return answer;
    const { masterKey, terminalNo, batchNo } = this.memory;
    this.memory.workingKey = openUnderMaster(Buffer.from(masterKey, 'hex'), terminalNo, String(answer.body.workingKey)).toString('hex');
    if (answer.body.batchNo !== batchNo) Object.assign(this.memory, { batchNo: answer.body.batchNo, items: [] });
    return answer;
  }

  purchase(amountFen: number, more: { traceNo?: number; batchNo?: number; cardNo?: string } = {}): Promise<TerminalAnswer> {
    return this.#transact('purchase', 'purchase', { amountFen, ...more });
  }
  void(original: { batchNo?: number; traceNo: number }, amountFen: number, more: { traceNo?: number } = {}): Promise<TerminalAnswer> {
    return this.#transact('void', 'void', { amountFen, original: { batchNo: this.memory.batchNo, ...original }, ...more });
  }
  refund(original: { terminalNo?: string; batchNo?: number; traceNo: number }, amountFen: number, more: { traceNo?: number } = {}): Promise<TerminalAnswer> {
    return this.#transact('refund', 'refund', { amountFen, original: { batchNo: this.memory.batchNo, ...original }, ...more });
  }
  /** 冲正 of the transaction with this number. */
  async reverse(traceNo: number, reason = '98', batchNo = this.memory.batchNo): Promise<TerminalAnswer> {
    const answer = await this.tell('reversal', { batchNo, traceNo, reason });
    if (answer.code === '00') this.memory.items = this.memory.items.filter((item) => item.traceNo !== traceNo);
    return answer;
  }
  balance(): Promise<TerminalAnswer> {
    return this.tell('balance', { batchNo: this.memory.batchNo, traceNo: this.nextTrace() });
  }
  settle(totals: BatchTotals, traceNo = this.nextTrace(), batchNo = this.memory.batchNo): Promise<TerminalAnswer> {
    return this.#close('settlement', { batchNo, traceNo, totals });
  }
  upload(transactions: readonly BatchItem[], traceNo = this.nextTrace(), batchNo = this.memory.batchNo): Promise<TerminalAnswer> {
    return this.#close('batch-upload', { batchNo, traceNo, transactions });
  }

  async #transact(
    name: MessageName,
    type: BatchItem['type'],
    fields: { amountFen: number; traceNo?: number; batchNo?: number; original?: object },
  ): Promise<TerminalAnswer> {
    const whole = { batchNo: this.memory.batchNo, traceNo: fields.traceNo ?? this.nextTrace(), ...fields };
    const answer = await this.tell(name, whole);
    const { traceNo, amountFen } = whole;
    if (answer.code === '00' && !this.memory.items.some((item) => item.traceNo === traceNo)) this.memory.items.push({ traceNo, type, amountFen });
    return answer;
  }

  async #close(name: MessageName, fields: Record<string, unknown>): Promise<TerminalAnswer> {
    const answer = await this.tell(name, fields);
    const next = answer.body.nextBatchNo;
    if (answer.code === '00' && typeof next === 'number' && next > this.memory.batchNo) Object.assign(this.memory, { batchNo: next, items: [] });
    return answer;
  }
}
