// How stories put a terminal on a counter: a merchant with quota, registered terminals with their keys, and a web that they talk to.
import assert from 'node:assert/strict';
import { findQuota } from '../db/ledger.ts';
import { ledgerFaults } from '../db/ledger-check.ts';
import { findTerminal, terminals } from '../db/terminals.ts';
import { memoryOf, TerminalClient } from '../stack/terminal-client.ts';
import { check001, command, finance1, leader01, type m1, opening } from './cast.ts';
import { moneyOf } from './money.ts';
import { type Hooks, placeOfStories } from './place.ts';
import { registration } from './records.ts';
import { storiesOf } from './stories.ts';
import { TERMINAL_KEY_SECRET, type World } from './world.ts';

export interface Shop {
  merchantNo: string;
  terminals: TerminalClient[];
}

/** Stories of terminals, with the place where they happen. */
export function onlineStories(hooks: Hooks = {}) {
  const place = placeOfStories(hooks);
  const stories = onlineOf(
    () => place.world,
    () => place.site.base,
  );
  return Object.assign(place, stories);
}

export function onlineOf(world: () => World, base: () => string) {
  const stories = storiesOf(world);
  const { start, say, view, written, approve } = stories;
  const { receive, topUp } = moneyOf(world, stories);

  const addQuota = async (merchantNo: string, fen: number): Promise<void> => {
    const { line } = await receive(fen);
    const handle = await topUp(merchantNo, fen);
    for (const by of [check001, finance1, leader01]) {
      const { revision, state } = await view(handle);
      if (state === 'submitted') await say(handle, 'decide', command('approve', by, revision, { line: { id: line, override: false } }));
    }
    assert.equal((await view(handle)).state, 'effective');
  };

  /** Terminals of a merchant, registered by clerk001, approved by check001, not signed on yet. */
  const addTerminals = async (merchantNo: string, n: number, more: Record<string, string> = {}): Promise<TerminalClient[]> => {
    const handle = await start(registration(merchantNo, n, { permitted: 'purchase void refund balance', ...more }));
    await view(handle);
    assert.equal((await approve(handle))?.state, 'effective');
    const rows = await terminals(world().db, { openedBy: handle.workflowId }, 20);
    return rows.map((row) => new TerminalClient(base(), memoryOf(TERMINAL_KEY_SECRET, row)));
  };

  /** A terminal that says it belongs to this merchant. */
  const clientOf = async (merchantNo: string, terminalNo: string): Promise<TerminalClient> => {
    const row = await findTerminal(world().db, terminalNo);
    assert.ok(row);
    return new TerminalClient(base(), memoryOf(TERMINAL_KEY_SECRET, { ...row, merchantNo }));
  };

  /** An active merchant without fee, with `fen` of quota and `n` terminals that have signed on. */
  const openShop = async (fen: number, n = 1, changes: Partial<typeof m1> = {}, more: Record<string, string> = {}): Promise<Shop> => {
    const submission = opening({ feeRate: '', ...changes });
    const { merchantNo } = submission;
    const handle = await start(submission);
    await written(submission.requestNo);
    await approve(handle);
    if (fen > 0) await addQuota(merchantNo, fen);
    const list = await addTerminals(merchantNo, n, more);
    for (const terminal of list) assert.equal((await terminal.signOn()).code, '00');
    return { merchantNo, terminals: list };
  };

  /** The same with one terminal. */
  const openCounter = async (fen: number, changes: Partial<typeof m1> = {}): Promise<{ merchantNo: string; t1: TerminalClient }> => {
    const { merchantNo, terminals } = await openShop(fen, 1, changes);
    const [t1] = terminals;
    assert.ok(t1);
    return { merchantNo, t1 };
  };

  const available = async (merchantNo: string) => (await findQuota(world().db, merchantNo))?.available;
  const booksHold = async () => assert.deepEqual(await ledgerFaults(world().db), []);
  return { ...stories, topUp, addQuota, addTerminals, clientOf, openShop, openCounter, available, booksHold };
}
