// Keys of terminals in memory, opened once and in the form in which signing is quickest: the master key and the working keys that are in force. The database has the last word on which those are.
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Db } from '../../db/connect.ts';
import { keysOf } from '../../db/terminal-sessions.ts';
import { openKey, openWorkingKey } from '../../stack/terminal-keys.ts';

export interface TerminalKeys {
  master: KeyObject;
  /** By their numbers: the present one, and the one before. */
  working: { keyNo: number; key: KeyObject }[];
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
    const opened = (keyNo: number, cipher: string) => ({ keyNo, key: createSecretKey(openWorkingKey(this.#secret, terminalNo, cipher)) });
    const working = [
      ...(row.current && row.keyNo ? [opened(row.keyNo, row.current)] : []),
      ...(row.previous && row.keyNo ? [opened(row.keyNo - 1, row.previous)] : []),
    ];
    const keys = { master: createSecretKey(Buffer.from(openKey(this.#secret, terminalNo, row.master), 'hex')), working, readAt: Date.now() };
    if (this.#known.size >= MOST) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(terminalNo, keys);
    return keys;
  }

  forget(terminalNo: string): void {
    this.#known.delete(terminalNo);
  }
}
