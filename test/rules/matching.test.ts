// 对应来账: which line may belong to a top-up, and in which order; tiers of approval.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { candidates, type LineFacts, samePayer } from '../../workflows/rules/matching.ts';
import { levelsFor, readTiers } from '../../workflows/rules/tiers.ts';

const topUp = {
  requestNo: 'TU20261124000042',
  amountFen: 500_000,
  accountNo: '3301020409200123456',
  accountName: '沈阳和泰商贸(和平)有限公司',
  submittedAt: Date.UTC(2026, 10, 24, 2),
};
let id = 0;
const line = (changes: Partial<LineFacts>): LineFacts => ({
  id: ++id,
  amountFen: 500_000,
  bookedOn: '20261124',
  partyName: '别人',
  partyAccountNo: '1',
  note: '',
  ...changes,
});
const reasons = (...lines: LineFacts[]) => candidates(topUp, lines).map(({ reason }) => reason);

test('the note that names the request comes first, then the registered account, then the name, then the amount alone', () => {
  assert.deepEqual(
    reasons(
      line({}),
      line({ partyName: '沈阳和泰商贸（和平） 有限公司' }),
      line({ partyAccountNo: '3301 0204-0920 0123 456' }),
      line({ note: '货款 ＴＵ２０２６１１２４０００ ０４２' }),
    ),
    ['note', 'account', 'name', 'amount'],
  );
});

test('one fen off is no match; two lines of the account are told apart by name only; far from the day, the account does not count', () => {
  assert.deepEqual(reasons(line({ amountFen: 499_999, note: topUp.requestNo }), line({ amountFen: 500_001 })), []);
  const own = { partyAccountNo: topUp.accountNo, partyName: topUp.accountName };
  assert.deepEqual(reasons(line(own), line(own)), ['name', 'name']);
  assert.deepEqual(reasons(line({ partyAccountNo: topUp.accountNo, bookedOn: '20261110' })), ['amount']);
});

test('names are the same after width, brackets, blanks and case; nobody is not somebody', () => {
  assert.ok(samePayer('ＡＢＣ〔中国〕 公司', 'abc(中国)公司'));
  assert.ok(!samePayer('', ''));
  assert.ok(!samePayer('沈阳和泰', '沈阳和泰商贸'));
});

test('tiers: by the amount together with the others of the day, to the fen', () => {
  const tiers = readTiers('5000000:03 50000000:03+04 :03+04+05') ?? [];
  for (const [amount, others, levels] of [
    [5_000_000, 0, 1],
    [5_000_001, 0, 2],
    [1, 5_000_000, 2],
    [50_000_000, 0, 2],
    [49_999_999, 2, 3],
  ] as const)
    assert.equal(levelsFor(tiers, amount, others).length, levels, `${amount} + ${others}`);
  for (const text of ['', '5:03', ':03 5:04', '5:03 5:04 :05', '5:03+03 :04', 'x:03 :04', '5: :04']) assert.equal(readTiers(text), null, text);
});
