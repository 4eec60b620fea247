// The pure rules of 联机业务 as tables: fees, limits, hours, the order of the checks, batches, alerts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alert, alertOverdue, readAlertPolicy, takeAlert } from '../../workflows/rules/alerts.ts';
import { differencesOf, totalsOf } from '../../workflows/rules/batches.ts';
import { isBalanced } from '../../workflows/rules/ledger.ts';
import { type Limits, limitOf, limitRefusal, noTurnover, turnoverOn, withinHours, withPurchase } from '../../workflows/rules/limits.ts';
import { decide, feeOf, type Message, purchaseLegs, type Scene, type Txn } from '../../workflows/rules/online.ts';
import { check001, check002 } from '../cast.ts';

const free: Limits = { single: limitOf('off'), daily: limitOf('off'), monthly: limitOf('off'), dailyCount: limitOf('off'), monthlyCount: limitOf('off') };
const message: Message = {
  ...{ type: 'purchase', merchantNo: '898210154110001', terminalNo: '10000001', batchNo: 1, traceNo: 7, amountFen: 5000 },
  ...{ original: null, reason: '', cardMask: '', cardHash: '' },
};
const scene: Scene = {
  ...{ now: 1_795_600_000_000, today: '20261125', clock: '12:00', dayClosed: false, merchant: 'active', genuine: true, nonceFresh: true, openBatch: 1 },
  terminal: { status: 'active', merchantNo: message.merchantNo, permitted: ['purchase', 'void', 'refund', 'balance'], hours: '' },
  ...{ known: null, reversal: null, original: null, parent: null, quotaFen: 10_000, content: 'x' },
  turnover: { merchant: noTurnover('20261125'), terminal: noTurnover('20261125') },
  terms: { merchant: free, terminal: free, feePpm: 0, feeCapFen: null, refundDays: 30, refundsFee: false, hoursOnly: false },
};
const bought: Txn = {
  ...{ id: 1, ...message, type: 'purchase', code: '00', state: 'approved', feeFen: 19, refundedFen: 0, refundedFeeFen: 0, originalId: null },
  ...{ businessDate: '20261125', at: scene.now, content: 'x', answer: '{}' },
};
const code = (changes: Partial<Scene>, asked: Partial<Message> = {}) => decide({ ...message, ...asked }, { ...scene, ...changes }).code;

test('the order of the checks: the first that does not hold is told, whatever else is wrong', () => {
  const wrongs: [string, Partial<Scene>, Partial<Message>][] = [
    ['51', { quotaFen: 0 }, {}],
    ['65', { terms: { ...scene.terms, terminal: { ...free, dailyCount: 0 } } }, {}],
    ['61', { terms: { ...scene.terms, terminal: { ...free, single: 1, dailyCount: 0 } } }, {}],
    ['13', {}, { amountFen: 0 }],
    ['90', { dayClosed: true }, {}],
    ['94', { known: { ...bought, content: 'other' } }, {}],
    ['77', { openBatch: 2 }, {}],
    ['58', { terminal: { status: 'active', merchantNo: message.merchantNo, permitted: [], hours: '' } }, {}],
    ['A0', { nonceFresh: false }, {}],
    ['A0', { genuine: false }, {}],
    ['97', { terminal: null }, {}],
    ['03', { merchant: 'frozen' }, {}],
  ];
  assert.equal(code({}), '00');
  let scenes: Partial<Scene> = {};
  let asked: Partial<Message> = {};
  for (const [told, change, more] of wrongs) {
    [scenes, asked] = [
      { ...scenes, ...change },
      { ...asked, ...more },
    ];
    assert.equal(code(scenes, asked), told);
  }
  assert.equal(code({ terminal: { status: 'pending', merchantNo: message.merchantNo, permitted: [], hours: '' }, genuine: false }), '58');
  assert.equal(code({ merchant: null }), '03');
  assert.equal(code({ genuine: false }), 'A0', 'a key that is not in force any more');
});

test('fees: half a fen is rounded up, never above the cap; every posting balances', () => {
  for (const [fen, ppm, cap, fee] of [
    [10_000, 3800, null, 38],
    [100, 3800, null, 0],
    [132, 3800, null, 1],
    [125, 4000, null, 1],
    [124, 4000, null, 0],
    [10_000_000, 3800, 5000, 5000],
    [999_999_999_999, 1_000_000, null, 999_999_999_999],
    [1, 0, null, 0],
  ] as const) {
    assert.equal(feeOf(fen, ppm, cap), fee, `${fen} at ${ppm}`);
    assert.ok(isBalanced(purchaseLegs('m', fen, fee)));
  }
});

test('limits count what was approved, by day and month, and give back only what still counts', () => {
  const limits = { ...free, single: 5000, daily: 20_000, dailyCount: 4 };
  const four = [1, 2, 3, 4].reduce((turnover) => withPurchase(turnover, 5000, 1, '20261125'), noTurnover('20261125'));
  assert.deepEqual([limitRefusal(limits, noTurnover('20261125'), 5000), limitRefusal(limits, noTurnover('20261125'), 5001)], [null, '61']);
  assert.deepEqual([limitRefusal(limits, four, 1), limitRefusal({ ...limits, daily: 99_999 }, four, 1)], ['61', '65']);
  assert.equal(limitRefusal(limits, withPurchase(four, 5000, -1, '20261125'), 5000), null);
  const next = turnoverOn(four, '20261126');
  assert.deepEqual([next.dayFen, next.monthFen], [0, 20_000]);
  assert.deepEqual(withPurchase(next, 5000, -1, '20261125'), { ...next, monthFen: 15_000, monthCount: 3 }, 'of yesterday: this month’s only');
  assert.equal(turnoverOn(four, '20261201').monthFen, 0);
});

test('hours go over midnight', () => {
  for (const [hours, at, inside] of [
    ['09:00-21:00', '09:00', true],
    ['09:00-21:00', '21:01', false],
    ['23:00-06:00', '23:30', true],
    ['23:00-06:00', '05:59', true],
    ['23:00-06:00', '12:00', false],
    ['', '12:00', true],
  ] as const)
    assert.equal(withinHours(hours, at), inside, `${hours} ${at}`);
});

test('冲正: exactly what its original did, once', () => {
  const reversal = { ...message, type: 'reversal', amountFen: 0, reason: '98' } as const;
  const of = (changes: Partial<Scene>) => decide(reversal, { ...scene, ...changes });
  assert.deepEqual([of({}).code, of({}).kept], ['25', true]);
  assert.deepEqual([of({ known: bought }).code, of({ known: bought }).netFen, of({ known: { ...bought, state: 'declined' } }).legs], ['00', -5000, undefined]);
  assert.equal(of({ known: { ...bought, state: 'voided' } }).code, '12');
  assert.equal(of({ known: { ...bought, refundedFen: 1 } }).code, '12');
  assert.deepEqual([of({ known: bought, openBatch: 2 }).code, of({ known: bought, openBatch: 2 }).exception], ['12', 'settled']);
  const voided: Txn = { ...bought, id: 2, type: 'void', originalId: 1 };
  assert.equal(of({ known: voided, parent: { ...bought, state: 'voided' }, quotaFen: 5018 }).code, '51', 'what was given back is spent');
  const marks = of({ known: voided, parent: { ...bought, state: 'voided' }, quotaFen: 5019 }).marks;
  assert.deepEqual(
    marks?.map(({ id, state }) => [id, state]),
    [
      [2, 'reversed'],
      [1, 'approved'],
    ],
  );
});

test('batches: totals of both sides, and what only one of them knows', () => {
  const items = [
    { traceNo: 1, type: 'purchase', amountFen: 100 },
    { traceNo: 2, type: 'refund', amountFen: 30 },
    { traceNo: 3, type: 'void', amountFen: 70 },
  ] as const;
  assert.deepEqual(totalsOf(items), { debitCount: 1, debitFen: 100, creditCount: 2, creditFen: 100 });
  assert.deepEqual(differencesOf(items, items), []);
  const told = [{ traceNo: 1, type: 'purchase', amountFen: 99 }, { traceNo: 9, type: 'purchase', amountFen: 5 }, items[2]] as const;
  assert.deepEqual(
    differencesOf(items, told).map(({ traceNo, why }) => [traceNo, why]),
    [
      [1, 'amount'],
      [2, 'ours'],
      [9, 'theirs'],
    ],
  );
});

test('alerts: parameters that fit, one owner, one conclusion, overdue told once', () => {
  assert.deepEqual(
    [
      readAlertPolicy('velocity', '4/30/100000'),
      readAlertPolicy('velocity', '4/30'),
      readAlertPolicy('night', '25:00-06:00'),
      readAlertPolicy('lowQuota', '20%'),
      readAlertPolicy('declines', 'off'),
    ],
    [[4, 30, 100_000], null, null, [20], null],
  );
  const alert: Alert = {
    ...{ alertNo: 'AL20261125000001', rule: 'night', merchantNo: 'm', terminalNo: '', detail: {}, state: 'open', owner: null, raisedAt: 0, dueAt: 100 },
    ...{ overdue: false, voucherMs: 50, version: 1, events: [] },
  };
  const say = (before: Alert, action: 'take' | 'note' | 'requestVoucher' | 'close', actor = check001, text = '说明', commandId = `${action}/${actor.code}`) =>
    takeAlert(before, { commandId, alertNo: alert.alertNo, action, actor, text }, 200);
  assert.equal(say(alert, 'close').events.at(-1)?.refusal, 'not_now');
  const taken = say(alert, 'take');
  assert.equal(say(taken, 'take'), taken, 'the same command again');
  assert.equal(say(taken, 'close', check002).events.at(-1)?.refusal, 'claimed_by_other');
  assert.equal(say(taken, 'close', check001, ' ').events.at(-1)?.refusal, 'text_missing');
  assert.deepEqual([say(taken, 'take', check002).owner?.code, say(taken, 'requestVoucher').dueAt, say(taken, 'close').state], ['check002', 250, 'closed']);
  assert.equal(say(say(taken, 'close'), 'note').events.at(-1)?.refusal, 'already_decided');
  const late = alertOverdue(alert, 100);
  assert.deepEqual([late.overdue, alertOverdue(late, 999)], [true, late]);
  assert.equal(alertOverdue(alert, 99), alert);
});
