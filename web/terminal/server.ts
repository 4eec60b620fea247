// /terminal/v1 over HTTP, taken before Express: where a message goes, how large it may be, where it comes from. The rest is the exchange's.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import pLimit from 'p-limit';
import { LanesFull } from '../../db/lanes.ts';
import { log } from '../../stack/log.ts';
import { refusalText } from './answers.ts';
import type { Answer, Exchange } from './exchange.ts';
import { PREFIX } from './mac.ts';
import { isMessageName, messageTypes } from './messages.ts';
import { openapi } from './openapi.ts';

/** While the thread reads a message it does nothing else: of those that are longer (bytes) it gets a few at a time, and so many may wait for that. */
const LARGE = 16_384;
const LARGE_AT_ONCE = 2;
const MOST_LARGE = 50;

/** `trusts` says whether an address (and its place in the chain) is a proxy whose word about who comes before it counts. */
export type Trusts = (address: string, place: number) => boolean;

export class Terminals {
  readonly #exchange: Exchange;
  readonly #trusts: Trusts;
  readonly #large = pLimit(LARGE_AT_ONCE);

  constructor(exchange: Exchange, trusts: Trusts) {
    this.#exchange = exchange;
    this.#trusts = trusts;
  }

  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(req);
      const mac = answer.mac ? { 'X-Mac': answer.mac } : {};
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
    // Known as long as the connection is there.
    const address = req.socket.remoteAddress ?? '';
    const body = await read(req, messageTypes[name].most);
    if (body === null) return { status: 413, body: refusalText('30') };
    // What is signed are the bytes: text that does not stand for just these is no message.
    if (!isUtf8(body)) return { status: 400, body: refusalText('30') };
    const signed = { timestamp: header(req, 'x-timestamp'), nonce: header(req, 'x-nonce'), mac: header(req, 'x-mac') };
    const received = { name, body: body.toString('utf8'), ...signed, sender: senderOf(req, address, this.#trusts) };
    if (body.length <= LARGE) return this.#exchange.take(received);
    if (this.#large.pendingCount >= MOST_LARGE) throw new LanesFull('too many that are large');
    return this.#large(() => this.#exchange.take(received));
  }
}

const movesMoney = (req: IncomingMessage) => /\/(purchase|void|refund|reversal)(\?|$)/.test(req.url ?? '');
const header = (req: IncomingMessage, name: string): string => {
  const value = req.headers[name];
  return typeof value === 'string' ? value : '';
};
/** The nearest address that is no trusted proxy. */
function senderOf(req: IncomingMessage, nearest: string, trusts: Trusts): string {
  const forwarded = header(req, 'x-forwarded-for');
  if (forwarded === '') return nearest;
  const told = forwarded
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const chain = [nearest, ...told.reverse()];
  return chain.find((address, place) => place === chain.length - 1 || !trusts(address, place)) ?? '';
}

/** The whole body, or null when it is larger than it may be (bytes). */
function read(req: IncomingMessage, most: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
    });
    req.on('end', () => resolve(size > most ? null : chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks)));
    req.on('error', reject);
  });
}
