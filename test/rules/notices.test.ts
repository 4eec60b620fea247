// 提醒: who hears of what; and a claim that lapses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultPlan } from '../../workflows/rules/clock.ts';
import { hearers, mentioned } from '../../workflows/rules/notices.ts';
import { type EventType, planned, type Request, type RequestEvent, submitted } from '../../workflows/rules/request.ts';
import { heldBy, take } from '../../workflows/rules/take.ts';
import { check001, check002, command, opening } from '../cast.ts';

const at = Date.UTC(2026, 10, 24, 2);
const request: Request = planned(submitted(opening(), at), { ...defaultPlan, levels: [{ group: '03' }] });
const event = (type: EventType, more: Partial<RequestEvent> = {}): RequestEvent => ({ seq: 9, at, type, by: null, level: 1, revision: 1, ...more });

test('reminders and urging reach the level that waits, escalation the supervisors, results the maker, the rest nobody', () => {
  const cases: [EventType, object[]][] = [
    ['reminded', [{ group: '03' }]],
    ['urged', [{ group: '03' }]],
    ['effectRefused', [{ group: '03' }]],
    ['failed', [{ group: '03' }]],
    ['escalated', [{ group: '05' }]],
    ['returned', [{ person: 'clerk001' }]],
    ['rejected', [{ person: 'clerk001' }]],
    ['effective', [{ person: 'clerk001' }]],
    ['expired', [{ person: 'clerk001' }]],
    ['submissionRefused', [{ person: 'clerk001' }]],
    ['submitted', []],
    ['refused', []],
    ['claimed', []],
  ];
  for (const [type, who] of cases) assert.deepEqual(hearers(request, event(type)), who, type);
});

test('who holds the claim is reminded instead of the whole group; a mention reaches the one named, never oneself', () => {
  const claimed = { ...request, claim: { by: check001, until: at + 1 } };
  assert.deepEqual(hearers(claimed, event('reminded')), [{ person: 'check001' }]);
  assert.deepEqual(hearers(request, event('commented', { by: check001, reason: '@check002 请看 @check001 @check0021 a@check002' })), [{ person: 'check002' }]);
  assert.deepEqual(mentioned('@leader01,@LEADER01'), ['leader01', 'LEADER01']);
});

test('a claim lapses after its 30 minutes; until then it keeps others out', () => {
  const claimed = take(request, command('claim', check001, 1, { requestNo: request.requestNo }), at);
  assert.ok(typeof claimed === 'object');
  const approve = command('approve', check002, 1, { requestNo: request.requestNo });
  const end = at + defaultPlan.claimMs;
  assert.equal(take(claimed, approve, end - 1), 'claimed_by_other');
  assert.deepEqual([heldBy(claimed, end - 1), heldBy(claimed, end)], ['check001', null]);
  assert.ok(typeof take(claimed, approve, end) === 'object');
});
