// The drill: each case kills something at a named moment while a merchant is opened, and asks whether anything was lost or doubled.
import assert from 'node:assert/strict';
import { sql } from 'drizzle-orm';
import { draftOf, freshForm, hidden, type Person, submitOpening } from '../web/site.ts';
import { exportCases } from './export-cases.ts';
import type { House } from './house.ts';
import { moneyCases } from './money-cases.ts';
import { purchaseCases } from './purchase-cases.ts';

export interface Case {
  name: string;
  /** Too long for every run of the tests: only in `npm run drill`. */
  rare?: true;
  /** One run; answers the time from the blow to the merchant's being active, ms. */
  run(house: House, clerk: Person, check: Person): Promise<number>;
}

async function approveBody(house: House, check: Person, no: string) {
  await house.until(async () => (await check.get(`/requests/${no}`)).status === 200, 60_000, 'the request');
  const { html } = await check.get(`/requests/${no}`);
  return { decision: 'approve', reason: '', revision: hidden(html, 'revision'), commandId: hidden(html, 'commandId') };
}

/** Exactly one of everything: one active merchant, one version, one account, one approval, one effect. */
async function untilOneOfEverything(house: House, no: string): Promise<void> {
  await house.until(
    async () => (await house.db.execute(sql`select state from request where request_no = ${no}`))[0]?.state === 'effective',
    60_000,
    `${no} to take effect`,
  );
  const [row] = await house.db.execute(sql`select
    (select count(*)::int from merchant where opened_by = ${no} and status = 'active') as merchants, (select count(*)::int from merchant_version where request_no = ${no}) as versions,
    (select count(*)::int from ledger_account where code = '2241.10' and opened_by = ${no}) as accounts, (select count(*)::int from request_event where request_no = ${no} and event->>'type' = 'approved') as approvals,
    (select count(*)::int from request_event where request_no = ${no} and event->>'type' = 'effective') as effects, (select count(*)::int from audit_log where object = ${no} and action = 'request.effective') as audited`);
  assert.deepEqual(row, { merchants: 1, versions: 1, accounts: 1, approvals: 1, effects: 1, audited: 1 }, no);
}

const atDecision = (point: 'worker.beforeEffect' | 'worker.afterCommit') => async (house: House, clerk: Person, check: Person) => {
  const no = await submitOpening(clerk, freshForm());
  const body = await approveBody(house, check, no);
  house.arm(point);
  const began = Date.now();
  const { status } = await check.post(`/requests/${no}/decision`, body);
  assert.equal(status, 303);
  await untilOneOfEverything(house, no);
  return Date.now() - began;
};

/** Kills a server while the decision is on its way; the reviewer's browser asks again with the same command until it is answered. */
const duringDecision = (service: 'temporal' | 'postgres') => async (house: House, clerk: Person, check: Person) => {
  const no = await submitOpening(clerk, freshForm());
  const body = await approveBody(house, check, no);
  const began = Date.now();
  const blow = house.kill(service);
  await house.until(async () => [303, 422].includes((await check.post(`/requests/${no}/decision`, body)).status), 60_000, 'an answer to the decision');
  await blow;
  await untilOneOfEverything(house, no);
  return Date.now() - began;
};

const opened: Case[] = [
  { name: 'worker dies before the effect', run: atDecision('worker.beforeEffect') },
  { name: 'worker dies after the commit, before its answer', run: atDecision('worker.afterCommit') },
  {
    name: 'web dies between the start and its answer',
    async run(house, clerk, check) {
      const no = await draftOf(clerk);
      const form = freshForm();
      house.arm('web.afterStart');
      const began = Date.now();
      await assert.rejects(clerk.post(`/merchant-openings/${no}/submission`, form));
      await house.until(
        async () => [303, 409].includes((await clerk.post(`/merchant-openings/${no}/submission`, form)).status),
        60_000,
        'an answer to the submission',
      );
      await check.post(`/requests/${no}/decision`, await approveBody(house, check, no));
      await untilOneOfEverything(house, no);
      return Date.now() - began;
    },
  },
  { name: 'Temporal dies while a decision is on its way', run: duringDecision('temporal') },
  { name: 'PostgreSQL dies while a decision is on its way', run: duringDecision('postgres') },
];

export const cases: Case[] = [...opened, ...moneyCases, ...purchaseCases, ...exportCases];
