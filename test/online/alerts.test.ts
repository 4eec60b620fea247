// Scenario 24, alerts: what terminals do raises a case; somebody takes it, does something about it, and closes it. And the pages that show what happened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import { lookForAlerts } from '../../activities/alerts.ts';
import { alertNoOf, alerts, findAlert } from '../../db/alerts.ts';
import { dataConverter } from '../../stack/codec.ts';
import { onlineStories } from '../online.ts';
import { simple } from '../records.ts';
import { hidden, type Person } from '../web/site.ts';
import { PAYLOAD_KEYS } from '../world.ts';

const here = onlineStories({ over: () => booksHold() });
const { start, view, topUp, openShop, booksHold } = here;

const look = () =>
  lookForAlerts(
    here.world.db,
    new Client({ connection: here.world.client.connection, namespace: here.world.namespace, dataConverter: dataConverter(PAYLOAD_KEYS) }),
    'backoffice',
  );
const raised = async (merchantNo: string) => (await alerts(here.world.db, { merchantNo }, 50)).map((row) => row.rule).toSorted();
const policy = (key: string, value: string) => here.world.asOwner(`update policy set value = '${value}' where key = '${key}'`);
/** Off, but for the rules that this story is about. */
const only = async (rules: Record<string, string>) => {
  await here.world.asOwner(`update policy set value = 'off' where key like 'alert.%' and key <> 'alert.dueHours'`);
  for (const [key, value] of Object.entries(rules)) await policy(`alert.${key}`, value);
};
const settled = async (no: string, state: string) => {
  for (let n = 0; n < 200; n++) {
    if ((await findAlert(here.world.db, no))?.state === state) return;
    await pause(20);
  }
  assert.fail(`${no} is not ${state}`);
};
const act = async (person: Person, no: string, action: string, text = '') => {
  const { html } = await person.get(`/alerts/${no}`);
  return person.post(`/alerts/${no}/actions`, { action, text, commandId: hidden(html, 'commandId') });
};

test('the fourth purchase of 1000 within 30 minutes on one terminal, night, low quota: one alert each, however often it is looked', async () => {
  await only({ velocity: '4/30/100000', night: '00:00-23:59', lowQuota: '20%' });
  const { merchantNo, terminals } = await openShop(500_000, 1);
  const [t1] = terminals;
  assert.ok(t1);
  for (let n = 0; n < 3; n++) await t1.purchase(100_000);
  await look();
  assert.deepEqual(await raised(merchantNo), ['night']);
  await t1.purchase(100_000);
  await look();
  assert.deepEqual(await raised(merchantNo), ['night', 'velocity']);
  await t1.purchase(5000);
  await look();
  await look();
  assert.deepEqual(await raised(merchantNo), ['lowQuota', 'night', 'velocity']);
});

test('same and round amounts, declines, give-backs, top-ups under a tier', async () => {
  await only({ sameAmount: '5/60', roundAmount: '10/100000', declines: '50/20', giveBacks: '30/20', underTier: '3/90' });
  const same = await openShop(10_000_000, 1);
  for (let n = 0; n < 4; n++) await same.terminals[0]?.purchase(1234);
  await look();
  assert.deepEqual(await raised(same.merchantNo), []);
  await same.terminals[0]?.purchase(1234);
  for (let n = 0; n < 15; n++) await same.terminals[0]?.purchase(2000 + n);
  for (let n = 0; n < 6; n++) await same.terminals[0]?.void({ traceNo: (same.terminals[0]?.memory.traceNo ?? 0) - 14 }, 1);
  await look();
  assert.deepEqual(await raised(same.merchantNo), ['sameAmount']);
  const items = same.terminals[0]?.memory.items.filter(({ amountFen }) => amountFen >= 2000).slice(0, 6) ?? [];
  for (const { traceNo, amountFen } of items) await same.terminals[0]?.void({ traceNo }, amountFen);
  for (let n = 0; n < 10; n++) await same.terminals[0]?.purchase(100_000 * (n + 1));
  await look();
  assert.deepEqual(await raised(same.merchantNo), ['roundAmount', 'sameAmount']);
  for (let n = 0; n < 30; n++) await same.terminals[0]?.purchase(999_999_999);
  await look();
  assert.deepEqual(await raised(same.merchantNo), ['declines', 'roundAmount', 'sameAmount']);
  for (const { traceNo } of same.terminals[0]?.memory.items.slice(-4) ?? []) await same.terminals[0]?.refund({ traceNo }, 1);
  await look();
  assert.deepEqual(await raised(same.merchantNo), ['declines', 'giveBacks', 'roundAmount', 'sameAmount']);
  const tiers = await openShop(4_900_000);
  for (let n = 0; n < 2; n++) await view(await topUp(tiers.merchantNo, 4_900_000));
  await look();
  assert.deepEqual(await raised(tiers.merchantNo), ['underTier']);
});

test('未处理 → 处理中 → 已处理: one owner, a voucher, a freeze that stops both terminals; a colleague cannot go on with it', async () => {
  await only({ velocity: '1/30/100' });
  const { merchantNo, terminals } = await openShop(500_000, 2);
  await terminals[0]?.purchase(500);
  await look();
  const [row] = await alerts(here.world.db, { merchantNo }, 1);
  assert.ok(row);
  const no = alertNoOf(row);
  await settled(no, 'open');
  const [check, other, leader, clerk] = await Promise.all(['check001', 'check002', 'leader01', 'clerk001'].map((code) => here.site.signIn(code)));
  assert.ok(check && other && leader && clerk);
  assert.match((await check.get('/alerts')).html, new RegExp(no));
  assert.equal((await act(check, no, 'close', '误报')).status, 422, 'first somebody takes it');
  assert.equal((await act(check, no, 'take')).status, 303);
  await settled(no, 'handling');
  const refused = await act(other, no, 'close', '误报');
  assert.equal(refused.status, 422);
  assert.match(refused.html, /误报/, 'what was typed is kept');
  assert.equal((await clerk.post(`/alerts/${no}/actions`, { action: 'take' })).status, 403);
  assert.equal((await act(check, no, 'note')).status, 422, 'something has to be said');
  const before = (await findAlert(here.world.db, no))?.dueAt.getTime() ?? 0;
  assert.equal((await act(check, no, 'requestVoucher', '请提供签购单')).status, 303);
  assert.ok(((await findAlert(here.world.db, no))?.dueAt.getTime() ?? 0) > before, 'it may take longer');
  assert.match((await clerk.get(`/alerts/${no}`)).html, /商户冻结/);
  const freezing = await start(simple('merchantFreeze', merchantNo));
  await view(freezing);
  for (const terminal of terminals) assert.equal((await terminal.purchase(100)).code, '03');
  assert.match((await check.get(`/alerts/${no}`)).html, new RegExp(freezing.workflowId));
  const twice = await check.get(`/alerts/${no}`);
  const command = { action: 'close', text: '已冻结,转风险部门', commandId: hidden(twice.html, 'commandId') };
  const answers = await Promise.all([check.post(`/alerts/${no}/actions`, command), check.post(`/alerts/${no}/actions`, command)]);
  assert.ok(answers.every(({ status }) => [303, 409, 422].includes(status)));
  await settled(no, 'closed');
  const events = (await findAlert(here.world.db, no))?.whole?.events ?? [];
  assert.deepEqual(
    events.filter(({ type }) => type !== 'refused').map(({ type, by }) => [type, by?.code ?? null]),
    [
      ['raised', null],
      ['take', 'check001'],
      ['requestVoucher', 'check001'],
      ['close', 'check001'],
    ],
  );
  assert.equal((await act(leader, no, 'take')).status, 422);
});

test('an alert that nobody takes is overdue; a case whose start was lost with the worker is started by the next look', async () => {
  await only({ velocity: '1/30/100' });
  const { merchantNo, terminals } = await openShop(500_000, 1);
  await terminals[0]?.purchase(500);
  const [row] = await alerts(here.world.db, { merchantNo }, 1);
  assert.equal(row, undefined);
  await here.world.asOwner(`insert into risk_alert (rule, merchant_no, terminal_no, day, detail, state, raised_at, due_at, version, started)
    values ('night', '${merchantNo}', '', '20261125', '{"count": 1, "fen": 500, "time": "23:30"}', 'open', now() - interval '25 hours', now() - interval '1 hour', 0, false)`);
  await look();
  const night = (await alerts(here.world.db, { merchantNo, rule: 'night' }, 1))[0];
  assert.ok(night);
  for (let n = 0; n < 200 && !(await findAlert(here.world.db, alertNoOf(night)))?.overdue; n++) await pause(20);
  assert.equal((await findAlert(here.world.db, alertNoOf(night)))?.overdue, true);
});

test('交易查询: filters, one transaction with its entries and messages, the terminal and the merchant’s day', async () => {
  const { merchantNo, terminals } = await openShop(500_000, 1, { feeRate: '0.38' });
  const [t1] = terminals;
  assert.ok(t1);
  await t1.purchase(10_000, { cardNo: '6222020200012345670' });
  const traceNo = t1.memory.traceNo;
  await t1.purchase(10_000, { traceNo, cardNo: '6222020200012345670' });
  await t1.refund({ traceNo }, 3000);
  await t1.purchase(99_999_999);
  const finance = await here.site.signIn('finance1');
  const list = await finance.get(`/transactions?q=${merchantNo}`);
  assert.equal(list.html.match(/href="\/transactions\/\d+"/g)?.length, 3);
  for (const [query, count] of [
    ['type=refund', 1],
    ['code=51', 1],
    ['code=approved', 2],
    ['amount=100', 1],
    ['from=2020-01-01&until=2020-01-02', 0],
    ['from=nonsense&amount=abc', 3],
  ] as const)
    assert.equal((await finance.get(`/transactions?q=${merchantNo}&${query}`)).html.match(/href="\/transactions\/\d+"/g)?.length ?? 0, count, query);
  const [row] = await here.world.db.execute<{ id: string }>(
    sql`select id from terminal_txn where terminal_no = ${t1.memory.terminalNo} and trace_no = ${traceNo}`,
  );
  const { html } = await finance.get(`/transactions/${row?.id}`);
  for (const part of ['622202\\*\\*\\*\\*\\*\\*5670', '2241.10', '6001.01', '重复报文', '关联交易', '100.38']) assert.match(html, new RegExp(part));
  assert.equal((await finance.get('/transactions/999999999')).status, 404);
  assert.equal((await finance.get('/transactions/abc')).status, 404);
  assert.match((await finance.get(`/terminals/${t1.memory.terminalNo}`)).html, /签到与批次/);
  const day = await finance.get(`/merchants/${merchantNo}/day`);
  assert.match(day.html, /<svg class="chart"[^>]*role="img"/);
  assert.match(day.html, /70\.00/);
  assert.equal((await (await here.site.signIn('admin001')).get('/transactions')).status, 403);
});
