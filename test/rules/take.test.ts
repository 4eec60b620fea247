// Four eyes and the steps of a request, as tables over the one pure function.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultPlan, dueAt, nextDue, passed } from '../../workflows/rules/clock.ts';
import { type Command, readCommand } from '../../workflows/rules/command.ts';
import { isRefusal, type Refusal } from '../../workflows/rules/refusals.ts';
import {
  type Actor,
  effective,
  failed,
  finalStates,
  happened,
  KEPT_REFUSALS,
  planned,
  type Request,
  type RequestState,
  submitted,
  turnedBack,
} from '../../workflows/rules/request.ts';
import { type Action, actions, steps } from '../../workflows/rules/steps.ts';
import { forbidden, heldBy, take } from '../../workflows/rules/take.ts';
import { check001, check002, clerk001, clerk002, command, finance1, leader01, opening } from '../cast.ts';

const at = Date.UTC(2026, 10, 23, 6);
const plan = { ...defaultPlan, levels: [{ group: '03' }] };
const waiting = planned(submitted(opening(), at), plan);
const twoLevels = planned(submitted(opening(), at), { ...defaultPlan, levels: [{ group: '03' }, { group: '04' }] });
const finance: Actor = { ...finance1, rights: [...finance1.rights, 'merchantReview'] };

function then(request: Request, ...commands: Command[]): Request {
  return commands.reduce((now, one) => {
    const result = take(now, one, at);
    assert.ok(!isRefusal(result), `${one.action}: ${result}`);
    return result;
  }, request);
}
const amend = (request: Request, by: Actor = clerk001) =>
  command('amend', by, request.revision, { content: { ...request, data: { ...request.data, businessHours: '08:00-22:00' } } });
const returned = then(waiting, command('return', check001, 1, { reason: '资料不清' }));
const amended = planned(then(returned, amend(returned)), plan);
const both: Actor = { ...clerk001, groups: ['02', '03'], rights: [...clerk001.rights, 'merchantReview'] };
const bothOther: Actor = { ...clerk002, groups: ['02', '03'], rights: [...clerk002.rights, 'merchantReview'] };
const adminToo: Actor = { ...check001, rights: [...check001.rights, 'userManagement'] };

const refused: [string, Request, Command, Refusal][] = [
  ['the maker approves', waiting, command('approve', both, 1), 'own_request'],
  ['the maker returns', waiting, command('return', both, 1, { reason: 'x' }), 'own_request'],
  ['the maker rejects', waiting, command('reject', both, 1, { reason: 'x' }), 'own_request'],
  ['the maker in other letters', waiting, command('approve', { ...both, code: 'CLERK001' }, 1), 'own_request'],
  ['the maker claims', waiting, command('claim', both, 1), 'own_request'],
  ['the maker of an amendment approves it', amended, command('approve', both, 3), 'own_request'],
  [
    'who approved level 1 approves level 2',
    then(twoLevels, command('approve', { ...check001, groups: ['03', '04'] }, 1)),
    command('approve', { ...check001, groups: ['03', '04'] }, 2),
    'own_request',
  ],
  ['a clerk without the right', waiting, command('approve', clerk002, 1), 'not_your_level'],
  ['another group', waiting, command('approve', finance, 1), 'not_your_level'],
  ['the group without the right', waiting, command('approve', { ...check001, rights: [] }, 1), 'not_your_level'],
  ['level 2 before level 1', twoLevels, command('approve', finance, 1), 'not_your_level'],
  ['entry and review in one person', waiting, command('approve', bothOther, 1), 'duty_conflict'],
  ['review and administration in one person', waiting, command('approve', adminToo, 1), 'duty_conflict'],
  ['a page from before the amendment', amended, command('approve', check001, 1), 'stale'],
  ['a revision that never was', waiting, command('approve', check001, 99), 'already_decided'],
  ['return without a reason', waiting, command('return', check001, 1), 'reason_missing'],
  ['a reason of blanks', waiting, command('reject', check001, 1, { reason: '  \n ' }), 'reason_missing'],
  ['a reason of 201 characters', waiting, command('reject', check001, 1, { reason: '长'.repeat(201) }), 'reason_too_long'],
  ['approving what was returned', returned, command('approve', check001, 2), 'already_decided'],
  ['amending what waits', waiting, amend(waiting), 'not_now'],
  ['amending another’s', returned, amend(returned, clerk002), 'not_maker'],
  ['amending the merchant number', returned, command('amend', clerk001, 2, { content: { ...returned, merchantNo: '898210154119999' } }), 'merchant_changed'],
  ['withdrawing another’s', waiting, command('withdraw', clerk002, 1), 'not_maker'],
  ['claimed by another', then(waiting, command('claim', check002, 1)), command('approve', check001, 1), 'claimed_by_other'],
  ['releasing what another holds', then(waiting, command('claim', check002, 1)), command('release', check001, 1), 'not_claimed'],
  ['handing over to the maker', waiting, command('handOver', check001, 1, { to: both }), 'not_eligible'],
  ['handing over to oneself', waiting, command('handOver', check001, 1, { to: check001 }), 'not_eligible'],
  ['handing over to another level', waiting, command('handOver', check001, 1, { to: finance }), 'not_eligible'],
  ['urging twice in an hour', then(waiting, command('urge', clerk001, 1)), command('urge', clerk001, 1), 'urged_lately'],
  ['an empty comment', waiting, command('comment', check001, 1), 'reason_missing'],
  ['retrying what has not failed', waiting, command('retry', check001, 1), 'not_now'],
];
for (const [name, request, what, expected] of refused) test(`refused: ${name} → ${expected}`, () => assert.equal(take(request, what, at), expected));

test('a step that is not written in the table cannot happen, in any state, by anybody', () => {
  const people = [clerk001, clerk002, check001, check002, finance, leader01, both, bothOther];
  const states: RequestState[] = ['submitted', 'returned', 'approved', 'failed', ...finalStates];
  for (const state of states) {
    for (const action of actions) {
      for (const by of people) {
        const request: Request = { ...waiting, state };
        const more = { ...(action === 'amend' ? { content: request } : {}), ...(action === 'handOver' ? { to: check002 } : {}) };
        const result = take(request, command(action, by, 1, { reason: '理由', ...more }), at);
        if (!isRefusal(result)) assert.ok((steps[action].from as readonly RequestState[]).includes(state), `${by.code} ${action} in ${state}`);
      }
    }
  }
});

test('whatever is tried, in whatever order, nobody decides what they made and every event is numbered once', () => {
  const people = fc.constantFrom(clerk001, both, check001, check002, bothOther, finance);
  const tries = fc.array(
    fc.record({
      action: fc.constantFrom<Action>(...actions),
      by: people,
      revision: fc.integer({ min: 0, max: 6 }),
      later: fc.integer({ min: 0, max: 9 * 86_400_000 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(tries, (all) => {
      let now = twoLevels;
      let clock = at;
      for (const { action, by, revision, later } of all) {
        clock += later;
        now = passed(now, clock);
        const more = { ...(action === 'amend' ? { content: now } : {}), ...(action === 'handOver' ? { to: check002 } : {}) };
        const result = take(now, command(action, by, revision, { reason: '理由', ...more }), clock);
        now = isRefusal(result) ? happened(now, { type: 'refused', by, at: clock, tried: action, refusal: result }) : result;
        if (now.state === 'approved') now = effective(now, clock);
        if (now.plan === null) now = planned(now, twoLevels.plan ?? plan);
      }
      for (const event of now.events) if (['approved', 'returned', 'rejected'].includes(event.type)) assert.notEqual(event.by?.code, 'clerk001');
      const approvers = now.approvals.map((approval) => approval.by.code);
      assert.equal(new Set(approvers).size, approvers.length);
      if (now.state === 'effective') assert.equal(now.approvals.length, 2);
      const seqs = now.events.map((event) => event.seq);
      assert.deepEqual(
        seqs,
        [...new Set(seqs)].sort((a, b) => a - b),
      );
    }),
    { numRuns: 500 },
  );
});

test('two levels: 业务审核 then 财务复核, by different persons', () => {
  const first = then(twoLevels, command('approve', check001, 1));
  assert.deepEqual([first.state, first.level, first.revision], ['submitted', 2, 2]);
  const second = then(first, command('approve', finance, 2));
  assert.equal(second.state, 'approved');
  assert.deepEqual(
    second.approvals.map((approval) => [approval.level, approval.by.code]),
    [
      [1, 'check001'],
      [2, 'finance1'],
    ],
  );
});

test('an amended request starts again at level 1, with the approvals gone', () => {
  const first = then(twoLevels, command('approve', check001, 1));
  const back = then(first, command('return', finance, 2, { reason: '附件不清' }));
  const again = then(back, amend(back));
  assert.deepEqual([again.state, again.level, again.approvals, again.plan, again.submissions], ['submitted', 1, [], null, 2]);
  assert.deepEqual(again.events.at(-1)?.changes, { businessHours: ['09:00-21:00', '08:00-22:00'] });
});

test('a claim lapses after 30 minutes without activity; the holder’s comment renews it', () => {
  const claimed = then(waiting, command('claim', check002, 1));
  assert.equal(heldBy(claimed, at + 29 * 60_000), 'check002');
  assert.equal(forbidden(claimed, 'approve', check001, at + 30 * 60_000), null);
  const renewed = take(claimed, command('comment', check002, 1, { reason: '在看' }), at + 20 * 60_000);
  assert.ok(!isRefusal(renewed));
  assert.equal(heldBy(renewed, at + 49 * 60_000), 'check002');
});

test('an effect that a rule refused puts the request back to its last level; the same person may decide again', () => {
  const approved = then(waiting, command('approve', check001, 1));
  const back = turnedBack(approved, at, 'merchant_changed');
  assert.deepEqual([back.state, back.level, back.approvals, back.events.at(-1)?.type], ['submitted', 1, [], 'effectRefused']);
  assert.ok(!isRefusal(take(back, command('approve', check001, back.revision), at)));
});

test('failed waits for 重试 or 放弃, never by its maker', () => {
  const broken = failed(then(waiting, command('approve', check001, 1)), at, 'disk full');
  assert.equal(take(broken, command('retry', both, broken.revision), at), 'own_request');
  assert.equal(then(broken, command('retry', check001, broken.revision)).state, 'approved');
  assert.equal(then(broken, command('abandon', check002, broken.revision, { reason: '重开' })).state, 'abandoned');
});

test('of refused commands the 50 latest are kept whole, older ones counted', () => {
  let request = waiting;
  for (let i = 0; i < 500; i++) request = happened(request, { type: 'refused', by: null, at, tried: `t${i}`, refusal: 'forged_command' });
  assert.equal(request.events.length, KEPT_REFUSALS + 1);
  assert.deepEqual([request.refusedCount, request.version], [500, 501]);
  assert.equal(request.events.at(-1)?.tried, 't499');
});

test('time reminds, escalates and expires, one at a time, and never approves', () => {
  const hour = 3_600_000;
  assert.deepEqual(nextDue(waiting), { what: 'remind', at: at + 4 * hour });
  const reminded = passed(waiting, at + 4 * hour);
  assert.deepEqual([reminded.reminded, nextDue(reminded)?.what], [true, 'escalate']);
  const late = passed(waiting, at + 25 * hour);
  assert.deepEqual([late.overdue, late.state, nextDue(late)?.what], [true, 'submitted', 'expire']);
  assert.equal(passed(waiting, at + 7 * 24 * hour).state, 'expired');
  assert.deepEqual(
    passed(waiting, at + 8 * 24 * hour).events.map((event) => event.type),
    ['submitted', 'reminded', 'escalated', 'expired'],
  );
  assert.equal(passed(returned, at + 29 * 24 * hour).state, 'returned');
  assert.equal(passed(returned, at + 30 * 24 * hour).state, 'expired');
  assert.equal(dueAt(waiting), at + 24 * hour);
  const turned = turnedBack(submitted(opening(), at), at, 'number_taken');
  assert.equal(passed(turned, at + 30 * 24 * hour).state, 'expired', 'a submission that was turned back before it had a plan');
  const friday = planned(submitted(opening(), Date.parse('2026-11-27T18:00:00+08:00')), { ...plan, calendar: { off: [], on: [] } });
  assert.equal(dueAt(friday), Date.parse('2026-11-30T18:00:00+08:00'), 'a weekend is no working time');
});

test('anything that is no command is an oddity, never an exception', () => {
  const good = command('approve', check001, 1);
  assert.deepEqual(readCommand('decide', ['approve'], '', good), good);
  const junk: unknown[] = [
    undefined,
    null,
    7,
    'approve',
    [],
    {},
    { forged: 'plain' },
    { ...good, action: 'amend' },
    { ...good, actor: { code: 'check001' } },
    { ...good, commandId: '' },
    { ...good, requestNo: 'MO20261123000099' },
    { ...good, reason: 'a\0' },
    { ...good, reason: '\ud83d' },
    { ...good, revision: 1.5 },
    { ...good, reason: 3 },
    { ...good, action: '__proto__' },
    { ...good, to: check002 },
    { ...good, content: waiting },
  ];
  for (const one of junk) assert.ok('oddity' in readCommand('decide', ['approve', 'return', 'reject'], '', one), JSON.stringify(one));
  fc.assert(fc.property(fc.anything(), (one) => 'oddity' in readCommand('decide', ['approve'], '', one)));
});
