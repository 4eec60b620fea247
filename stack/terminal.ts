// `npm run terminal -- …`: a terminal on the command line, and a simulator of many, against a running installation.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { closeDb, openDb } from '../db/connect.ts';
import { openBatchOf } from '../db/terminal-sessions.ts';
import { terminals } from '../db/terminals.ts';
import { totalsOf } from '../workflows/rules/batches.ts';
import { readFen } from '../workflows/rules/money.ts';
import { stackEnv } from './place.ts';
import { loadSettings } from './settings.ts';
import { simulate, usualPlan } from './simulator.ts';
import { freshMemory, memoryOf, type TerminalAnswer, TerminalClient, type TerminalMemory } from './terminal-client.ts';

const usage = `npm run terminal -- COMMAND --terminal NO [--url http://localhost:3000] [--merchant NO --key HEX]
  sign-on                                  batch and working key; the first time with --merchant and --key, the key that is shown once to the installer
  purchase --amount 12.50 [--card NO]      spends
  void     --trace N --amount 12.50        of this batch
  refund   --trace N [--batch N] --amount 12.50
  reverse  --trace N [--batch N] [--reason 98|96|A0|06]
  balance
  settle                                   closes the batch with this terminal's totals; sends its transactions when they do not agree
npm run terminal -- simulate [--terminals 4] [--count 1000] [--rate 0] [--lost 0.03] [--twice 0.02] [--reversals 0.03]
  on the installation of DATA_DIR, whose own terminals it takes`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: Object.fromEntries(
    ['url', 'merchant', 'terminal', 'key', 'amount', 'card', 'trace', 'batch', 'reason', 'terminals', 'count', 'rate', 'lost', 'twice', 'reversals'].map(
      (name) => [name, { type: 'string' as const }],
    ),
  ),
});
const option = (name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};
const whole = (name: string): number => {
  const value = Number(option(name));
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a number from 1 on`);
  return value;
};
const amount = (): number => {
  const fen = readFen(option('amount') ?? '');
  if (fen === null) throw new Error('--amount is an amount in yuan, such as 12.50');
  return fen;
};
const base = option('url') ?? `http://localhost:${process.env.PORT || 3000}`;
const folder = join(resolve(process.env.DATA_DIR || '.data'), 'terminals');
const fileOf = (terminalNo: string) => join(folder, `${terminalNo}.json`);

function remember(memory: TerminalMemory): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(memory.terminalNo), JSON.stringify(memory), { mode: 0o600 });
}

function recall(terminalNo: string): TerminalMemory {
  const [merchantNo, key] = [option('merchant'), option('key')];
  if (merchantNo && key) return freshMemory(merchantNo, terminalNo, key);
  try {
    return JSON.parse(readFileSync(fileOf(terminalNo), 'utf8')) as TerminalMemory;
  } catch {
    throw new Error(`terminal ${terminalNo} has not signed on here: sign-on with --merchant and --key first`);
  }
}

async function one(command: string): Promise<TerminalAnswer> {
  const terminalNo = option('terminal') ?? '';
  if (!/^\d{8}$/.test(terminalNo)) throw new Error('--terminal is the number of a terminal, 8 digits');
  const client = new TerminalClient(base, recall(terminalNo));
  const original = () => ({ traceNo: whole('trace'), ...(option('batch') ? { batchNo: whole('batch') } : {}) });
  const card = option('card');
  const commands: Record<string, () => Promise<TerminalAnswer>> = {
    'sign-on': () => client.signOn(),
    purchase: () => client.purchase(amount(), card ? { cardNo: card } : {}),
    void: () => client.void(original(), amount()),
    refund: () => client.refund(original(), amount()),
    reverse: () => client.reverse(whole('trace'), option('reason') ?? '98', option('batch') ? whole('batch') : client.memory.batchNo),
    balance: () => client.balance(),
    settle: () => settle(client),
  };
  const run = commands[command];
  if (!run) throw new Error(usage);
  return run().finally(() => remember(client.memory));
}

async function settle(client: TerminalClient): Promise<TerminalAnswer> {
  const items = [...client.memory.items];
  const answer = await client.settle(totalsOf(items));
  if (answer.body.balanced !== 2) return answer;
  console.log('the totals do not agree; sending the transactions …');
  return client.upload(items);
}

/** Terminals of the installation on this machine, with their keys: for demonstration and tests only. */
async function many(): Promise<void> {
  const settings = loadSettings({ ...process.env, ...stackEnv() });
  if (settings.NODE_ENV === 'production') throw new Error('the simulator takes keys from the database, which it must not in production');
  const db = openDb(settings.DATABASE_URL, 2);
  const rows = await terminals(db, { status: 'active' }, Number(option('terminals') ?? 4));
  if (rows.length === 0) throw new Error('no terminal is in service');
  const memories = await Promise.all(rows.map(async (row) => ({ ...memoryOf(settings.TERMINAL_KEY_SECRET, row), ...(await openBatchOf(db, row.terminalNo)) })));
  await closeDb(db);
  const share = (name: 'count' | 'rate' | 'lost' | 'twice' | 'reversals', usual: number) => (option(name) === undefined ? usual : Number(option(name)));
  const plan = {
    ...usualPlan,
    count: share('count', 1000),
    rate: share('rate', 0),
    lost: share('lost', usualPlan.lost),
    twice: share('twice', usualPlan.twice),
    reversals: share('reversals', usualPlan.reversals),
  };
  const began = Date.now();
  const result = await simulate(base, memories, plan, console.log);
  console.log(JSON.stringify(result, null, 2));
  console.log(
    `${result.transactions} transactions in ${((Date.now() - began) / 1000).toFixed(1)} s; ${result.apart.length === 0 ? 'every batch agrees with the server' : 'batches do not agree'}`,
  );
  process.exitCode = result.apart.length === 0 ? 0 : 1;
}

try {
  const [command = ''] = positionals;
  if (command === '' || command === 'help') console.log(usage);
  else if (command === 'simulate') await many();
  else {
    const answer = await one(command);
    console.log(JSON.stringify(answer.body, null, 2));
    if (answer.genuine === false) console.log('the signature of this answer is wrong: reverse with --reason A0');
    process.exitCode = answer.code === '00' ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
