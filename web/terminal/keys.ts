// Keys of terminals in memory, opened once: the master key and the working keys that are in force. The database has the last word on which those are.
import type { Db } from '../../db/connect.ts';
import { keysOf } from '../../db/terminal-sessions.ts';
import { openKey, openWorkingKey } from '../../stack/terminal-keys.ts';

export interface TerminalKeys {
  master: Buffer;
  /** By their numbers: the present one, and the one before. */
  working: { keyNo: number; key: Buffer }[];
  /** Epoch ms. */
  readAt: number;
}

const MOST = 20_000;
/** A message that no key fits makes them be read again, but not more often than this (ms). */
const REREAD_MS = 200;

export class Keys {
  readonly #db: Db;
  readonly #secret: string;
  readonly #known = new Map<string, TerminalKeys>();

  constructor(db: Db, secret: string) {
    this.#db = db;
    this.#secret = secret;
  }

  cached(terminalNo: string): TerminalKeys | null {
    return this.#known.get(terminalNo) ?? null;
  }

  /** Null when nobody knows the terminal. */
  async read(terminalNo: string): Promise<TerminalKeys | null> {
    const before = this.#known.get(terminalNo);
    if (before && Date.now() - before.readAt < REREAD_MS) return before;
    const row = await keysOf(this.#db, terminalNo);
    if (!row) return null;
    const working = [
      ...(row.current && row.keyNo ? [{ keyNo: row.keyNo, key: openWorkingKey(this.#secret, terminalNo, row.current) }] : []),
      ...(row.previous && row.keyNo ? [{ keyNo: row.keyNo - 1, key: openWorkingKey(this.#secret, terminalNo, row.previous) }] : []),
    ];
    const keys = { master: Buffer.from(openKey(this.#secret, terminalNo, row.master), 'hex'), working, readAt: Date.now() };
    if (this.#known.size >= MOST) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(terminalNo, keys);
    return keys;
  }

  forget(terminalNo: string): void {
    this.#known.delete(terminalNo);
  }
}
