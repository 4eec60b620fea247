// The drill for 联机业务: the web or PostgreSQL dies around the commit of a purchase; the terminal asks again, or reverses, and the books are right.
import assert from 'node:assert/strict';
import { sql } from 'drizzle-orm';
import { findQuota } from '../../db/ledger.ts';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { findTerminal } from '../../db/terminals.ts';
import { memoryOf, TerminalClient } from '../../stack/terminal-client.ts';
import type { Person } from '../web/site.ts';
import type { Case } from './cases.ts';
import type { House } from './house.ts';
import { terminalOf } from './money-cases.ts';

const shops = new WeakMap<House, { merchantNo: string; client: TerminalClient }>();

/** A merchant with quota and a terminal, made once for a house. */
async function shop(house: House, clerk: Person): Promise<{ merchantNo: string; client: TerminalClient }> {
  const known = shops.get(house);
  if (known) return known;
  const { merchantNo, terminalNo } = await terminalOf(house, clerk);
  const row = await findTerminal(house.db, terminalNo);
  assert.ok(row);
  const client = new TerminalClient(house.base, memoryOf(house.env.TERMINAL_KEY_SECRET ?? '', row));
  assert.equal((await client.signOn()).code, '00');
  shops.set(house, { merchantNo, client });
  return { merchantNo, client };
}

type Blow = 'online.beforeCommit' | 'online.afterCommit' | 'postgres';

const atPurchase = (blow: Blow, then: 'again' | 'reverse') => async (house: House, clerk: Person) => {
  const { merchantNo, client } = await shop(house, clerk);
  const before = (await findQuota(house.db, merchantNo))?.available ?? 0;
  const traceNo = client.nextTrace();
  const began = Date.now();
  const killed = blow === 'postgres' ? house.kill('postgres') : house.arm(blow);
  const first = await client.purchase(100, { traceNo }).catch(() => null);
  if (blow !== 'postgres') assert.equal(first, null, 'the answer never came');
  await killed;
  await house.ready();
  const ask = () => (then === 'again' ? client.purchase(100, { traceNo }) : client.reverse(traceNo));
  let code = '';
  const answered = async () => {
    code = (await ask()).code;
    return ['00', '25'].includes(code);
  };
  await house.until(answered, 60_000, 'an answer');
  const took = Date.now() - began;
  const spent = before - ((await findQuota(house.db, merchantNo))?.available ?? 0);
  assert.equal(spent, then === 'again' ? 100 : 0);
  const committed = blow === 'online.afterCommit' || (blow === 'postgres' && code === '00');
  if (then === 'reverse' && blow !== 'postgres') assert.equal(code, committed ? '00' : '25');
  const [row] = await house.db.execute<{ n: number }>(
    sql`select count(*)::int as n from journal_entry where command_no like ${`${client.memory.terminalNo}/%/${String(traceNo).padStart(6, '0')}%`}`,
  );
  assert.equal(row?.n, then === 'again' ? 1 : code === '00' ? 2 : 0);
  if (then === 'again') assert.equal((await client.reverse(traceNo)).code, '00');
  else assert.equal((await client.purchase(100, { traceNo })).code, code === '00' ? '00' : '94', 'what was reversed stays so');
  assert.equal((await findQuota(house.db, merchantNo))?.available, before);
  assert.deepEqual(await ledgerFaults(house.db), []);
  return took;
};

const blows: Record<Blow, string> = {
  'online.beforeCommit': 'web dies before the commit',
  'online.afterCommit': 'web dies after the commit',
  postgres: 'PostgreSQL dies',
};

export const purchaseCases: Case[] = (Object.keys(blows) as Blow[]).flatMap((blow) =>
  (['again', 'reverse'] as const).map((then) => ({
    name: `purchase: ${blows[blow]}, the terminal ${then === 'again' ? 'asks again' : 'reverses'}`,
    ...(blow === 'postgres' ? { rare: true as const } : {}),
    run: atPurchase(blow, then),
  })),
);
