// Messages of terminals, from their text to the text of the answer: format, signature, the lane of the merchant or the session, and the answer's own signature. HTTP is before it.
import type { KeyObject } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setInterval } from 'node:timers';
import type { z } from 'zod';
import type { Db } from '../../db/connect.ts';
import { LanesFull } from '../../db/lanes.ts';
import { forgetNonces } from '../../db/nonces.ts';
import type { Incoming } from '../../db/online.ts';
import { type OnlineLanes, openOnlineLanes } from '../../db/online-lanes.ts';
import { type SessionMessage, settle, signOn, turnedAway } from '../../db/terminal-sessions.ts';
import { crashPoint } from '../../stack/crash.ts';
import { log } from '../../stack/log.ts';
import { cardHasher, makeWorkingKey } from '../../stack/terminal-keys.ts';
import type { Message } from '../../workflows/rules/online.ts';
import type { ResponseCode } from '../../workflows/rules/response-codes.ts';
import { answerText, refusalText, settlementText, signOnText } from './answers.ts';
import { Keys, type TerminalKeys } from './keys.ts';
import { answerMac, macOf, PREFIX, sameMac } from './mac.ts';
import { type MessageName, messageTypes, type settlementBody, type uploadBody } from './messages.ts';

/** A message may be so old, or so far ahead, ms. */
const WINDOW_MS = 300_000;
/** So many messages of one address may fail their signature in a minute. */
const MOST_FAILURES = 120;
/** So many may wait for a look at their keys, or for what is said to strangers: purchases have room beside them. */
const MOST_UNKNOWN = 1000;
/** Two would only take the processor from each other where web and database share two of them. */
export const LANES = availableParallelism() > 2 ? 2 : 1;

/** What came over HTTP: a body that is not larger than it may be, and the headers that belong to it, empty where they were not sent. */
export interface Received {
  name: MessageName;
  body: string;
  timestamp: string;
  nonce: string;
  mac: string;
  /** Address that it came from. */
  sender: string;
}
export interface Answer {
  status: number;
  body: string;
  /** Of the answer; none where nobody is known to have asked. */
  mac?: string;
}
export interface Exchange {
  /** Throws where nothing can be done now (LanesFull: nothing was), or nobody knows what was. */
  take(received: Received): Promise<Answer>;
  /** Resolves when messages can be taken. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** The key that signed a message, of those that were tried. */
interface Signed {
  keyNo: number;
  key: KeyObject;
  keys: TerminalKeys;
}
type Fields = { merchantNo: string; terminalNo: string; batchNo?: number; traceNo: number };

/** In this thread, over `db`, which stays open, and lanes of its own. */
export function openExchange(db: Db, url: string, secret: string): Exchange {
  const points = {
    decided: () => crashPoint('online.beforeCommit'),
    committed: () => crashPoint('online.afterCommit'),
    astray: (err: unknown) => log.error({ err }, 'a batch could not be written as it was remembered'),
  };
  const exchange = new Messages(db, openOnlineLanes(url, LANES, answerText, points), secret);
  const housekeeping = setInterval(() => void forgetNonces(db, Date.now() - 2 * WINDOW_MS).catch(() => undefined), 60_000);
  housekeeping.unref();
  return {
    take: (received) => exchange.take(received),
    ready: async () => undefined,
    close() {
      clearInterval(housekeeping);
      return exchange.lanes.close();
    },
  };
}

class Messages {
  readonly lanes: OnlineLanes;
  readonly #db: Db;
  readonly #secret: string;
  readonly #keys: Keys;
  readonly #hash: (cardNo: string) => string;
  readonly #failures = new Map<string, { since: number; count: number }>();
  #unknown = 0;

  constructor(db: Db, lanes: OnlineLanes, secret: string) {
    this.lanes = lanes;
    this.#db = db;
    this.#secret = secret;
    this.#keys = new Keys(db, secret);
    this.#hash = cardHasher(secret);
  }

  take(received: Received): Promise<Answer> {
    const fields = parsed(received);
    if (!fields || !/^\d{13}$/.test(received.timestamp) || !/^[\w-]{8,40}$/.test(received.nonce))
      return Promise.resolve({ status: 400, body: refusalText('30') });
    if (this.#isSlowed(received.sender)) return Promise.resolve({ status: 429, body: refusalText('96') });
    const cached = isNear(received) ? this.#keys.cached(fields.terminalNo) : null;
    const signed = cached && signedWith(cached, received);
    if (signed) return this.#taken(received, fields, signed);
    if (this.#unknown >= MOST_UNKNOWN) return Promise.reject(new LanesFull('too many are unknown'));
    this.#unknown++;
    return this.#takenLater(received, fields).finally(() => this.#unknown--);
  }

  /** By the keys that are in force now, where none that is known here signed it. */
  async #takenLater(received: Received, fields: Fields): Promise<Answer> {
    const read = isNear(received) ? await this.#keys.read(fields.terminalNo) : null;
    const signed = read && signedWith(read, received);
    if (signed) return this.#taken(received, fields, signed);
    this.#failed(received.sender);
    const { merchantNo, terminalNo, batchNo = 0, traceNo } = fields;
    const code = await turnedAway(this.#db, { type: messageTypes[received.name].type, batchNo, merchantNo, terminalNo, traceNo });
    return { status: statusOf(code), body: refusalText(code) };
  }

  async #taken(received: Received, fields: Fields, signed: Signed): Promise<Answer> {
    const { name } = received;
    const ofSession = name === 'sign-on' || name === 'settlement' || name === 'batch-upload';
    const { code, body } = ofSession ? await this.#ofSession(received, fields, signed) : await this.#ofQuota(received, fields, signed);
    return { status: statusOf(code), body, mac: answerMac(signed.key, received.nonce, body) };
  }

  #ofQuota(received: Received, fields: Fields, { keyNo }: Signed) {
    const message = messageOf(received.name as 'purchase', fields, this.#hash);
    const { original, amountFen, cardHash, type, reason } = message;
    const named = original ? `${original.terminalNo}/${original.batchNo}/${original.traceNo}` : reason;
    const incoming: Incoming = {
      message,
      content: `${type} ${amountFen} ${cardHash} ${named}`,
      keyNo,
      sentMs: Number(received.timestamp),
      nonce: received.nonce,
    };
    return this.lanes.take(incoming);
  }

  async #ofSession(received: Received, fields: Fields, { keyNo, keys }: Signed): Promise<{ code: ResponseCode; body: string }> {
    const { merchantNo, terminalNo, batchNo = 0, traceNo } = fields;
    const { type } = messageTypes[received.name];
    const message: SessionMessage = {
      type: type as SessionMessage['type'],
      merchantNo,
      terminalNo,
      batchNo,
      traceNo,
      keyNo,
      genuine: true,
      sentMs: Number(received.timestamp),
      nonce: received.nonce,
    };
    if (received.name === 'sign-on') {
      const { cipher, underMaster } = makeWorkingKey(this.#secret, terminalNo, keys.master);
      const done = await signOn(this.#db, message, cipher, (answer, given) => signOnText(answer, { ...given, workingKey: underMaster }));
      this.#keys.forget(terminalNo);
      return done;
    }
    const told =
      received.name === 'settlement'
        ? { totals: (fields as z.output<typeof settlementBody>).totals }
        : { items: (fields as z.output<typeof uploadBody>).transactions };
    return settle(this.#db, message, told, settlementText);
  }

  #isSlowed(address: string): boolean {
    const seen = this.#failures.get(address);
    if (seen && Date.now() - seen.since > 60_000) this.#failures.delete(address);
    return (this.#failures.get(address)?.count ?? 0) >= MOST_FAILURES;
  }

  #failed(address: string): void {
    if (this.#failures.size > 10_000) this.#failures.clear();
    const seen = this.#failures.get(address) ?? { since: Date.now(), count: 0 };
    this.#failures.set(address, { ...seen, count: seen.count + 1 });
  }
}

const isNear = ({ timestamp }: Received) => Math.abs(Date.now() - Number(timestamp)) <= WINDOW_MS;
function signedWith(keys: TerminalKeys, received: Received): Signed | null {
  const { name, mac } = received;
  const candidates = name === 'sign-on' ? [{ keyNo: 0, key: keys.master }] : keys.working;
  const found = candidates.find(({ key }) => sameMac(mac, macOf(key, { method: 'POST', path: PREFIX + name, ...received })));
  return found ? { ...found, keys } : null;
}
const statusOf = (code: string): number => (code === 'A0' ? 401 : 200);

function parsed({ name, body }: Received): Fields | null {
  try {
    const read = messageTypes[name].body.safeParse(JSON.parse(body));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

type Quota = Fields & {
  batchNo: number;
  amountFen?: number;
  original?: { terminalNo?: string; batchNo: number; traceNo: number };
  reason?: string;
  cardNo?: string;
};

function messageOf(type: Message['type'], fields: Fields, hash: (cardNo: string) => string): Message {
  const { merchantNo, terminalNo, batchNo, traceNo, amountFen = 0, original, reason = '', cardNo = '' } = fields as Quota;
  return {
    type,
    merchantNo,
    terminalNo,
    batchNo,
    traceNo,
    amountFen,
    reason,
    original: original ? { terminalNo: original.terminalNo ?? terminalNo, batchNo: original.batchNo, traceNo: original.traceNo } : null,
    cardMask: cardNo === '' ? '' : `${cardNo.slice(0, 6)}${cardNo.slice(-4)}`,
    cardHash: cardNo === '' ? '' : hash(cardNo),
  };
}
