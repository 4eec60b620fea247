// The drill for everything that posts or changes a record: the worker dies before and after the commit of its effect.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { entriesOf, findQuota } from '../../db/ledger.ts';
import { ledgerFaults } from '../../db/ledger-check.ts';
import { importFile } from '../../web/bank/importing.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { amountInWords } from '../../workflows/rules/words.ts';
import { m1 } from '../cast.ts';
import { OUR_ACCOUNT, writeStatement } from '../statements.ts';
import { freshForm, hidden, type Person, submitOpening } from '../web/site.ts';
import type { Case } from './cases.ts';
import type { House } from './house.ts';

/** What a case has ready: the request, who still decides it, in order, and how many entries it must have made in the end. */
interface Ready {
  no: string;
  by: string[];
  entries: number;
  line?: number;
}

let files = 0;

async function approve(house: House, code: string, no: string, line?: number): Promise<void> {
  const person = await house.signIn(code);
  await house.until(async () => hidden((await person.get(`/requests/${no}`)).html, 'revision') !== '', 60_000, `the page of ${no}`);
  const { html } = await person.get(`/requests/${no}`);
  const body = {
    decision: 'approve',
    reason: '',
    revision: hidden(html, 'revision'),
    commandId: hidden(html, 'commandId'),
    ...(line ? { line: String(line) } : {}),
  };
  const { status, html: said } = await person.post(`/requests/${no}/decision`, body);
  assert.equal(status, 303, /class="notice bad"[\s\S]{0,300}/.exec(said)?.[0]);
}

async function submitted(house: House, person: Person, base: string, subject: string, form: Record<string, string>): Promise<string> {
  const begun = await person.post(`/${base}`, { subject });
  const no = begun.location?.split('/').pop() ?? '';
  await person.get(`/${base}/${no}`);
  const { status, html } = await person.post(`/${base}/${no}/submission`, form);
  assert.equal(status, 303, /class="notice bad"[\s\S]{0,400}/.exec(html)?.[0]);
  await house.until(
    async () => (await house.db.execute(sql`select 1 from request where request_no = ${no} and waits_for is not null`)).length === 1,
    60_000,
    `${no} to wait`,
  );
  return no;
}

async function merchant(house: House, clerk: Person, form = freshForm()): Promise<string> {
  const no = await submitOpening(clerk, form);
  await house.until(async () => (await house.db.execute(sql`select 1 from request where request_no = ${no}`)).length === 1, 60_000, no);
  await approve(house, 'check001', no);
  await effective(house, no);
  return form.merchantNo ?? '';
}

async function effective(house: House, no: string): Promise<void> {
  await house.until(
    async () => (await house.db.execute(sql`select state from request where request_no = ${no}`))[0]?.state === 'effective',
    60_000,
    `${no} to take effect`,
  );
}

/** A bank line of this amount, from M1. */
async function receive(house: House, fen: number): Promise<number> {
  const [account] = await house.db.execute<{ fen: string }>(sql`select balance_fen as fen from bank_account where account_no = ${OUR_ACCOUNT}`);
  files += 1;
  const at = new Date(Date.UTC(2026, 10, 20, 0, 0, files)).toISOString().slice(0, 19).replace('T', ' ');
  const path = writeStatement(house.dataDir, `d${files}.csv`, '工行三', Number(account?.fen ?? 0), [
    { at, fen, name: m1.accountName, account: m1.settlementAccountNo },
  ]);
  await importFile(house.db, { path, fileName: `d${files}.csv`, accountNo: '', importedBy: 'finance1' });
  const [line] = await house.db.execute<{ id: string }>(sql`select max(id) as id from bank_line`);
  return Number(line?.id);
}

const topUpForm = (fen: number) => ({
  amount: showFen(fen),
  amountInWords: amountInWords(fen),
  payerName: m1.accountName,
  payerAccountNo: m1.settlementAccountNo,
});

async function topUp(house: House, clerk: Person, fen = 100_000): Promise<Ready & { merchantNo: string }> {
  const merchantNo = await merchant(house, clerk);
  const line = await receive(house, fen);
  const no = await submitted(house, clerk, 'top-ups', merchantNo, topUpForm(fen));
  return { no, by: ['check001'], entries: 1, line, merchantNo };
}

async function toppedUp(house: House, clerk: Person): Promise<{ merchantNo: string; no: string }> {
  const { no, line, merchantNo } = await topUp(house, clerk);
  await approve(house, 'check001', no, line);
  await effective(house, no);
  return { merchantNo, no };
}

/** Submits and decides by check001; for what another request starts from. */
async function decided(house: House, person: Person, base: string, subject: string, form: Record<string, string>): Promise<string> {
  const no = await submitted(house, person, base, subject, form);
  await approve(house, 'check001', no);
  await effective(house, no);
  return no;
}

/** A terminal in service, of a merchant with quota. */
export const terminalOf = async (house: House, clerk: Person) => activeTerminal(house, clerk, (await toppedUp(house, clerk)).merchantNo);

async function activeTerminal(house: House, clerk: Person, of?: string): Promise<{ merchantNo: string; terminalNo: string }> {
  const merchantNo = of ?? (await merchant(house, clerk));
  files += 1;
  const no = await decided(house, clerk, 'terminal-registrations', merchantNo, terminal(files));
  const [row] = await house.db.execute<{ no: string }>(sql`select terminal_no as no from terminal where opened_by = ${no}`);
  return { merchantNo, terminalNo: row?.no ?? '' };
}

const terminal = (n: number) => ({
  serialNo: `DRILL${String(n).padStart(7, '0')}`,
  model: 'PAX-S90',
  installAddress: '沈阳市和平区',
  phone: '13800138000',
  permitted: 'purchase',
});

const kinds: Record<string, (house: House, clerk: Person) => Promise<Ready>> = {
  topUp: (house, clerk) => topUp(house, clerk),
  async topUpVoid(house, clerk) {
    const { no } = await toppedUp(house, clerk);
    return { no: await submitted(house, clerk, 'top-up-voids', no, { reason: '演练' }), by: ['finance1', 'leader01'], entries: 1 };
  },
  async quotaRefund(house, clerk) {
    const { merchantNo } = await toppedUp(house, clerk);
    return { no: await submitted(house, clerk, 'quota-refunds', merchantNo, { amount: '500.00', reason: '演练' }), by: ['check001', 'finance1'], entries: 2 };
  },
  async lineReturn(house) {
    const line = await receive(house, 70_000);
    return { no: await submitted(house, await house.signIn('finance1'), 'line-returns', String(line), { reason: '演练' }), by: ['leader01'], entries: 1 };
  },
  async adjustment(house, clerk) {
    const form = { debitAccount: '1221.01', creditAccount: '2241.21', amount: '1.00', reason: '演练' };
    return { no: await submitted(house, clerk, 'adjustments', '', form), by: ['finance1', 'leader01'], entries: 1 };
  },
  async merchantFreeze(house, clerk) {
    return { no: await submitted(house, clerk, 'merchant-freezes', await merchant(house, clerk), { reason: '演练' }), by: ['check001'], entries: 0 };
  },
  async merchantRestore(house, clerk) {
    const merchantNo = await merchant(house, clerk);
    await decided(house, clerk, 'merchant-freezes', merchantNo, { reason: '演练' });
    return { no: await submitted(house, clerk, 'merchant-restores', merchantNo, { reason: '演练' }), by: ['check001'], entries: 0 };
  },
  async merchantChange(house, clerk) {
    const form = freshForm();
    const merchantNo = await merchant(house, clerk, form);
    return { no: await submitted(house, clerk, 'merchant-changes', merchantNo, { ...form, contactName: '演练' }), by: ['check001'], entries: 0 };
  },
  async terminalChange(house, clerk) {
    const { terminalNo } = await activeTerminal(house, clerk);
    const form = { ...terminal(0), installAddress: '大连市中山区' };
    return { no: await submitted(house, clerk, 'terminal-changes', terminalNo, form), by: ['check001'], entries: 0 };
  },
  async terminalCancellation(house, clerk) {
    const { merchantNo, terminalNo } = await activeTerminal(house, clerk);
    const form = { terminalNos: terminalNo, reason: '演练' };
    return { no: await submitted(house, clerk, 'terminal-cancellations', merchantNo, form), by: ['check001'], entries: 0 };
  },
  async policyChange(house) {
    const admin = await house.signIn('admin001');
    files += 1;
    return {
      no: await submitted(house, admin, 'policy-changes', 'time.claim', { policyValue: String(30 + files), reason: '演练' }),
      by: ['leader01'],
      entries: 0,
    };
  },
  async accessChange(house) {
    files += 1;
    const form = { userCode: `drill${String(files).padStart(3, '0')}`, userName: '演练', groups: '02', reason: '演练' };
    return { no: await submitted(house, await house.signIn('admin001'), 'access-changes', 'userCreate', form), by: ['admin002'], entries: 0 };
  },
  async merchantCancellation(house, clerk) {
    return { no: await submitted(house, clerk, 'merchant-cancellations', await merchant(house, clerk), { reason: '演练' }), by: ['check001'], entries: 0 };
  },
  async terminalRegistration(house, clerk) {
    files += 1;
    return { no: await submitted(house, clerk, 'terminal-registrations', await merchant(house, clerk), terminal(files)), by: ['check001'], entries: 0 };
  },
};

const atEffect = (kind: string, point: 'worker.beforeEffect' | 'worker.afterCommit') => async (house: House, clerk: Person) => {
  const ready = await (kinds[kind] ?? kinds.topUp)?.(house, clerk);
  assert.ok(ready);
  const { no, by, entries, line } = ready;
  for (const code of by.slice(0, -1)) {
    await approve(house, code, no, line);
    await pause(50);
  }
  house.arm(point);
  const began = Date.now();
  await approve(house, by.at(-1) ?? '', no, by.length === 1 ? line : undefined);
  await effective(house, no);
  const took = Date.now() - began;
  const posted = new Set((await entriesOf(house.db, no)).map((one) => one.commandNo));
  assert.equal(posted.size, entries, `${no} has posted ${[...posted].join()}`);
  const [events] = await house.db.execute<{ n: number }>(
    sql`select count(*)::int as n from request_event where request_no = ${no} and event->>'type' = 'effective'`,
  );
  assert.equal(events?.n, 1);
  assert.deepEqual(await ledgerFaults(house.db), []);
  if (kind === 'topUp') {
    const [row] = await house.db.execute<{ no: string }>(sql`select merchant_no as no from request where request_no = ${no}`);
    assert.equal((await findQuota(house.db, row?.no ?? ''))?.available, 100_000);
  }
  return took;
};

/** 额度退款 freezes at its submission: the posting that is not at the effect. */
const atSubmission = (point: 'worker.beforeSubmission' | 'worker.afterSubmission') => async (house: House, clerk: Person) => {
  const { merchantNo } = await toppedUp(house, clerk);
  house.arm(point);
  const began = Date.now();
  const no = await submitted(house, clerk, 'quota-refunds', merchantNo, { amount: '500.00', reason: '演练' });
  const took = Date.now() - began;
  assert.deepEqual(await findQuota(house.db, merchantNo), { available: 50_000, frozen: 50_000 });
  assert.deepEqual([...new Set((await entriesOf(house.db, no)).map((one) => one.commandNo))], [`${no}/freeze/1`]);
  assert.deepEqual(await ledgerFaults(house.db), []);
  return took;
};

const submissions: Case[] = (['worker.beforeSubmission', 'worker.afterSubmission'] as const).map((point) => ({
  name: `quotaRefund: worker dies ${point === 'worker.beforeSubmission' ? 'before' : 'after'} the freezing at submission`,
  rare: true,
  run: atSubmission(point),
}));

const effects: Case[] = Object.keys(kinds).flatMap((kind) =>
  (['worker.beforeEffect', 'worker.afterCommit'] as const).map((point) => ({
    name: `${kind}: worker dies ${point === 'worker.beforeEffect' ? 'before the effect' : 'after the commit'}`,
    ...(kind === 'topUp' ? {} : { rare: true as const }),
    run: atEffect(kind, point),
  })),
);

export const moneyCases: Case[] = [...effects, ...submissions];
