// /terminal/v1, taken before Express: format, then what merchant, terminal and signature allow, then the lane of the merchant.
import type { KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setInterval } from 'node:timers';
import type { z } from 'zod';
import type { Db } from '../../db/connect.ts';
import { LanesFull } from '../../db/lanes.ts';
import { forgetNonces } from '../../db/nonces.ts';
import type { Incoming } from '../../db/online.ts';
import type { OnlineLanes } from '../../db/online-lanes.ts';
import { type SessionMessage, settle, signOn, turnedAway } from '../../db/terminal-sessions.ts';
import { log } from '../../stack/log.ts';
import { cardHasher, makeWorkingKey } from '../../stack/terminal-keys.ts';
import type { Message } from '../../workflows/rules/online.ts';
import { refusalText, settlementText, signOnText } from './answers.ts';
import { Keys, type TerminalKeys } from './keys.ts';
import { answerMac, macOf, sameMac } from './mac.ts';
import { isMessageName, type MessageName, messageTypes, type settlementBody, type uploadBody } from './messages.ts';
import { openapi } from './openapi.ts';

export const PREFIX = '/terminal/v1/';
/** A message may be so old, or so far ahead, ms. */
const WINDOW_MS = 300_000;
/** So many messages of one address may fail their signature in a minute. */
const MOST_FAILURES = 120;

export interface TerminalService {
  handle(req: IncomingMessage, res: ServerResponse): void;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  body: string;
  /** Signs the answer. */
  key?: KeyObject;
}
interface Received {
  name: MessageName;
  path: string;
  body: Buffer;
  timestamp: string;
  nonce: string;
  mac: string;
}
/** The key that signed a message, of those that were tried. */
interface Signed {
  keyNo: number;
  key: KeyObject;
  keys: TerminalKeys;
}
type Fields = { merchantNo: string; terminalNo: string; batchNo?: number; traceNo: number };

/** `trusts` says whether an address (and its place in the chain) is a proxy whose word about who comes before it counts. */
export type Trusts = (address: string, place: number) => boolean;

export function openTerminals(db: Db, lanes: OnlineLanes, secret: string, trusts: Trusts): TerminalService {
  const service = new Terminals(db, lanes, secret, trusts);
  const housekeeping = setInterval(() => void forgetNonces(db, Date.now() - 2 * WINDOW_MS).catch(() => undefined), 60_000);
  housekeeping.unref();
  return {
    handle: (req, res) => void service.handle(req, res),
    close() {
      clearInterval(housekeeping);
      return lanes.close();
    },
  };
}

class Terminals {
  readonly #db: Db;
  readonly #lanes: OnlineLanes;
  readonly #secret: string;
  readonly #keys: Keys;
  readonly #hash: (cardNo: string) => string;
  readonly #trusts: Trusts;
  readonly #failures = new Map<string, { since: number; count: number }>();

  constructor(db: Db, lanes: OnlineLanes, secret: string, trusts: Trusts) {
    this.#db = db;
    this.#trusts = trusts;
    this.#lanes = lanes;
    this.#secret = secret;
    this.#keys = new Keys(db, secret);
    this.#hash = cardHasher(secret);
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(req);
      const mac = answer.key ? { 'X-Mac': answerMac(answer.key, header(req, 'x-nonce'), answer.body) } : {};
      res.writeHead(answer.status, {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': Buffer.byteLength(answer.body),
        'Cache-Control': 'no-store',
        ...mac,
      });
      res.end(answer.body);
    } catch (error) {
      // What was not committed is answered 96; where nobody knows whether it was, a terminal reverses what moves money and asks the rest again.
      if (!(error instanceof LanesFull)) log.error({ err: error, path: req.url }, 'terminal message failed');
      const body = refusalText('96', error instanceof LanesFull || !movesMoney(req) ? 'retry' : 'reverse');
      if (!res.headersSent) res.writeHead(503, { 'Content-Type': 'application/json; charset=utf-8' });
      res.end(body);
    }
  }

  async #answer(req: IncomingMessage): Promise<Answer> {
    const path = (req.url ?? '').split('?')[0] ?? '';
    const name = path.slice(PREFIX.length);
    if (name === 'openapi.json' && (req.method === 'GET' || req.method === 'HEAD')) return { status: 200, body: openapi() };
    if (!isMessageName(name)) return { status: 404, body: refusalText('40') };
    if (req.method !== 'POST') return { status: 405, body: refusalText('40') };
    const body = await read(req, messageTypes[name].most);
    if (!body) return { status: 413, body: refusalText('30') };
    const fields = parsed(name, body);
    const received = { name, path, body, timestamp: header(req, 'x-timestamp'), nonce: header(req, 'x-nonce'), mac: header(req, 'x-mac') };
    if (!fields || !/^\d{13}$/.test(received.timestamp) || !/^[\w-]{8,40}$/.test(received.nonce)) return { status: 400, body: refusalText('30') };
    if (this.#failures.size > 0 && this.#isSlowed(senderOf(req, this.#trusts))) return { status: 429, body: refusalText('96') };
    const signed = this.#signedBy(received, fields) ?? (await this.#signedByAny(received, fields));
    if (!signed) {
      this.#failed(senderOf(req, this.#trusts));
      const code = await turnedAway(this.#db, { type: messageTypes[name].type, batchNo: fields.batchNo ?? 0, ...pick(fields) });
      return { status: statusOf(code), body: refusalText(code) };
    }
    return name === 'sign-on' || name === 'settlement' || name === 'batch-upload'
      ? this.#ofSession(received, fields, signed)
      : this.#ofQuota(received, fields, signed);
  }

  /** The key that signed a message, if one that is known here did and its time is near ours. */
  #signedBy(received: Received, { terminalNo }: Fields): Signed | null {
    const cached = this.#keys.cached(terminalNo);
    return cached && isNear(received.timestamp) ? signedWith(cached, received) : null;
  }

  /** The same by the keys that are in force now. */
  async #signedByAny(received: Received, { terminalNo }: Fields): Promise<Signed | null> {
    if (!isNear(received.timestamp)) return null;
    const read = await this.#keys.read(terminalNo);
    return read && signedWith(read, received);
  }

  async #ofQuota(received: Received, fields: Fields, { keyNo, key }: Signed): Promise<Answer> {
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
    const { code, body } = await this.#lanes.take(incoming);
    return { status: statusOf(code), body, key };
  }

  async #ofSession(received: Received, fields: Fields, { keyNo, key, keys }: Signed): Promise<Answer> {
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
      const { code, body } = await signOn(this.#db, message, cipher, (answer, given) => signOnText(answer, { ...given, workingKey: underMaster }));
      this.#keys.forget(terminalNo);
      return { status: statusOf(code), body, key };
    }
    const told =
      received.name === 'settlement'
        ? { totals: (fields as z.output<typeof settlementBody>).totals }
        : { items: (fields as z.output<typeof uploadBody>).transactions };
    const { code, body } = await settle(this.#db, message, told, settlementText);
    return { status: statusOf(code), body, key };
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

const isNear = (timestamp: string) => Math.abs(Date.now() - Number(timestamp)) <= WINDOW_MS;
function signedWith(keys: TerminalKeys, received: Received): Signed | null {
  const candidates = received.name === 'sign-on' ? [{ keyNo: 0, key: keys.master }] : keys.working;
  const found = candidates.find(({ key }) => sameMac(received.mac, macOf(key, { method: 'POST', ...received })));
  return found ? { ...found, keys } : null;
}
const movesMoney = (req: IncomingMessage) => /\/(purchase|void|refund|reversal)(\?|$)/.test(req.url ?? '');
const header = (req: IncomingMessage, name: string): string => {
  const value = req.headers[name];
  return typeof value === 'string' ? value : '';
};
/** The nearest address that is no trusted proxy. */
function senderOf(req: IncomingMessage, trusts: Trusts): string {
  const told = header(req, 'x-forwarded-for')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const chain = [req.socket.remoteAddress ?? '', ...told.reverse()];
  return chain.find((address, place) => place === chain.length - 1 || !trusts(address, place)) ?? '';
}
const pick = ({ merchantNo, terminalNo, traceNo }: Fields) => ({ merchantNo, terminalNo, traceNo });
const statusOf = (code: string): number => (code === 'A0' ? 401 : 200);

function parsed(name: MessageName, body: Buffer): Fields | null {
  try {
    const read = messageTypes[name].body.safeParse(JSON.parse(body.toString('utf8')));
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

/** The whole body, or null when it is larger than it may be. */
function read(req: IncomingMessage, most: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
    });
    req.on('end', () => resolve(size <= most ? (chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)) : null));
    req.on('error', reject);
  });
}
