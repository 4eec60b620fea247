// Money over HTTP as a browser without JavaScript sends it: words and amounts, statements, and four eyes through every door.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'drizzle-orm';
import { findQuota } from '../../db/ledger.ts';
import { findRequest, requestEvents } from '../../db/requests.ts';
import { importFile } from '../../web/bank/importing.ts';
import { StatementRefusal } from '../../web/bank/statement.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { amountInWords } from '../../workflows/rules/words.ts';
import { m1 } from '../cast.ts';
import { merchantPayer, moneyOf } from '../money.ts';
import { type Move, writeStatement } from '../statements.ts';
import { storiesOf } from '../stories.ts';
import { openWorld, type World } from '../world.ts';
import { hidden, openSite, type Person, type Site } from './site.ts';

let world: World;
let site: Site;
let clerk: Person;
let check: Person;
const stories = storiesOf(() => world);
const { openMerchant, receive } = moneyOf(() => world, stories);
before(async () => {
  world = await openWorld();
  await world.work();
  site = await openSite(world);
  [clerk, check] = [await site.signIn('clerk001'), await site.signIn('check001')];
});
after(async () => {
  await site.close();
  await world.close();
});

const begin = async (merchantNo: string): Promise<string> => (await clerk.post('/top-ups', { subject: merchantNo })).location?.split('/').pop() ?? '';
const form = (fen: number, changes: Record<string, string> = {}) => ({
  amount: showFen(fen),
  amountInWords: amountInWords(fen),
  payerName: m1.accountName,
  payerAccountNo: m1.settlementAccountNo,
  ...changes,
});
const submitted = async (merchantNo: string, fen: number): Promise<string> => {
  const no = await begin(merchantNo);
  assert.equal((await clerk.post(`/top-ups/${no}/submission`, form(fen))).status, 303);
  return no;
};
/** Decides as the buttons of the request's page would; answers the page or where it leads. */
const decides = async (person: Person, no: string, decision: string, more: Record<string, string> = {}) => {
  const { html } = await person.get(`/requests/${no}`);
  return person.post(`/requests/${no}/decision`, { decision, reason: '', revision: hidden(html, 'revision'), commandId: crypto.randomUUID(), ...more });
};

test('scenario 11: an amount with other words is refused, and so is every amount that is none; nothing is submitted, what was typed stays', async () => {
  const merchantNo = await openMerchant();
  const no = await begin(merchantNo);
  const differ = await clerk.post(`/top-ups/${no}/submission`, form(100_000, { amountInWords: amountInWords(1_000_000) }));
  assert.equal(differ.status, 422);
  assert.match(differ.html, /大写金额与小写金额不一致/);
  assert.match(differ.html, /value="壹仟元整"/, 'the words shown now are those of the amount');
  for (const amount of ['0', '1.005', '-5', '１００', '1e5', '', '00012.30', '1,00.00', 'NaN', '99999999999999']) {
    const answer = await clerk.post(`/top-ups/${no}/submission`, form(100_000, { amount }));
    assert.equal(answer.status, 422, amount);
    assert.match(answer.html, /id="m-amount" data-fault|class="msg bad" id="m-amount"/, amount);
    assert.ok(amount === '' || answer.html.includes(`value="${amount}"`), `${amount} is kept`);
  }
  assert.equal(await findRequest(world.db, no), null);
});

test('without JavaScript: the words come with the first answer, and 确定 once more submits', async () => {
  const no = await begin(await openMerchant());
  const shown = await clerk.post(`/top-ups/${no}/submission`, form(12_345, { amountInWords: '' }));
  assert.deepEqual(
    [shown.status, hidden(shown.html, 'amountInWords') || /value="(壹佰贰拾叁元肆角伍分)"/.exec(shown.html)?.[1]],
    [422, '壹佰贰拾叁元肆角伍分'],
  );
  assert.match(shown.html, /请核对大写金额后再次确定/);
  assert.equal((await clerk.post(`/top-ups/${no}/submission`, form(12_345))).status, 303);
  assert.equal((await findRequest(world.db, no))?.amountFen, 12_345);
});

test('scenario 23: the same file again adds nothing, an overlapping one only what is new, one with a gap nothing at all', async () => {
  const { db, dir } = world;
  const move = (day: number, fen: number): Move => ({ at: `2026-11-${day} 08:00:00`, fen, ...merchantPayer });
  const take = (name: string, opening: number, moves: Move[]) => {
    const path = writeStatement(dir, name, '工行一', opening, moves);
    return importFile(db, { path, fileName: name, accountNo: '', importedBy: 'finance1' });
  };
  const [account] = await db.execute<{ fen: string }>(sql`select balance_fen as fen from bank_account`);
  const opening = Number(account?.fen ?? 0);
  const days = [move(20, 100), move(21, 200), move(22, -50), move(23, 400)];
  assert.equal((await take('a.csv', opening, days.slice(0, 2))).fresh, 2);
  assert.equal((await take('a.csv', opening, days.slice(0, 2))).fresh, 0);
  assert.equal((await take('b.csv', opening + 100, days.slice(1, 3))).fresh, 1);
  const gap = await take('d.csv', opening + 650, [move(24, 800)]).catch((error) => error);
  assert.ok(gap instanceof StatementRefusal && gap.fault === 'gap');
  assert.equal((await take('c.csv', opening + 250, days.slice(3))).fresh, 1);
  const twice = await take('e.csv', opening + 650, [move(25, 7), { ...move(25, 7), fen: 7 }]);
  assert.equal(twice.fresh, 2, 'two alike are two: their balances differ');
});

test('a file that was imported is refused for another account; lines alike in everything are as many as the bank says', async () => {
  const { db, dir } = world;
  const text =
    '交易时间,转出金额,转入金额,余额,对方单位\n2026-11-20,,100.00,100.00,甲\n2026-11-20,100.00,,0.00,甲\n2026-11-20,,100.00,100.00,甲\n2026-11-20,100.00,,0.00,甲\n';
  const path = join(dir, 'alike.csv');
  writeFileSync(path, text);
  const take = (accountNo: string) => importFile(db, { path, fileName: 'alike.csv', accountNo, importedBy: 'finance1' });
  assert.equal((await take('6217000000000000001')).fresh, 4);
  assert.equal((await take('6217000000000000001')).fresh, 0);
  const other = await take('6217000000000000002').catch((error) => error);
  assert.ok(other instanceof StatementRefusal && other.fault === 'account_differs');
});

test('a statement over HTTP: a bad file is refused whole with its line, a reviewer cannot upload', async () => {
  const finance = await site.signIn('finance1');
  const text =
    '账号,3301020409200777777\n交易时间,转出金额,转入金额,余额,对方单位\n2026-11-20 08:00:00,,100.00,100.00,丙\n2026-11-20 08:01:00,,50.00,150.01,丁\n';
  const up = await finance.upload('/bank-lines/upload', 'x', new File([text], '坏.csv'));
  assert.equal(up.status, 303);
  const shown = await finance.get(up.location ?? '');
  assert.equal(shown.status, 422);
  assert.match(shown.html, /整份文件未导入.*第 4 行.*余额与上一笔不连续/);
  assert.equal((await check.upload('/bank-lines/upload', 'x', new File([text], '坏.csv'))).status, 403);
  const [lines] = await world.db.execute<{ n: number }>(sql`select count(*)::int as n from bank_line where party_name in ('丙', '丁')`);
  assert.equal(lines?.n, 0);
});

test('the next item after a decision no longer offers the bank line that the decision took', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(77_700);
  const [first, second] = [await submitted(merchantNo, 77_700), await submitted(merchantNo, 77_700)];
  const offers = (html: string) => html.includes(`value="${line}"`);
  assert.ok(offers((await check.get(`/requests/${second}`)).html));
  const { html } = await check.get(`/inbox/${first}?q=${merchantNo}`);
  const decision = {
    decision: 'approve',
    reason: '',
    line: String(line),
    from: `q=${merchantNo}`,
    revision: hidden(html, 'revision'),
    commandId: hidden(html, 'commandId'),
  };
  const next = await check.post(`/requests/${first}/decision`, decision, { 'HX-Request': 'true', 'HX-Target': '#sheet' });
  assert.match(next.html, new RegExp(`data-no="${second}"`));
  assert.match(next.html, /操作成功/);
  assert.equal(offers(next.html), false);
});

test('four eyes through every door: page, bulk, amended by oneself, two levels by one person, regrouped in between', async () => {
  const merchantNo = await openMerchant();
  const { line } = await receive(9_000_000);
  const no = await submitted(merchantNo, 9_000_000);
  const give = (user: string, group: string) => world.db.execute(sql`insert into group_member values (${user}, ${group}) on conflict do nothing`);
  const take = (user: string, group: string) => world.db.execute(sql`delete from group_member where user_code = ${user} and group_code = ${group}`);
  const still = async (level: number) =>
    assert.deepEqual([(await findRequest(world.db, no))?.state, (await findRequest(world.db, no))?.level], ['submitted', level]);

  // The maker, given the group of reviewers, by page, by bulk and after an amendment.
  await give('clerk001', '03');
  const page = await decides(clerk, no, 'approve', { line: String(line) });
  assert.match(page.html, /同一操作员不能审核！/);
  const preview = await clerk.post('/inbox/bulk', { from: '', decision: 'approve', no });
  assert.match(preview.html, /同一操作员不能审核！/);
  const revision = String((await findRequest(world.db, no))?.revision ?? 0);
  const bulk = await clerk.post('/inbox/bulk/decision', { decision: 'reject', reason: '自己', batch: 'b-1', from: '', item: `${no}:${revision}` });
  assert.match((await clerk.get(bulk.location ?? '')).html, /同一操作员不能审核！/);
  await still(1);
  assert.equal((await decides(check, no, 'return', { reason: '请补凭证' })).status, 303);
  assert.equal((await clerk.post(`/top-ups/${no}/submission`, form(9_000_000, { slipNo: 'A1' }))).status, 303);
  assert.match((await decides(clerk, no, 'approve', { line: String(line) })).html, /同一操作员不能审核！/);
  await take('clerk001', '03');

  // One person for two levels: check001 approves the first, and is moved to finance.
  assert.equal((await decides(check, no, 'approve', { line: String(line) })).status, 303);
  await still(2);
  assert.match((await decides(check, no, 'approve')).html, /同一操作员不能审核！/);
  await give('check001', '04');
  await take('check001', '03');
  assert.match((await decides(check, no, 'approve')).html, /同一操作员不能审核！/);
  assert.match((await decides(check, no, 'reject', { reason: '换组后' })).html, /同一操作员不能审核！/);
  await give('check001', '03');
  await take('check001', '04');
  await still(2);

  // The line of the first level is not another's to change, and another person ends it.
  const finance = await site.signIn('finance1');
  assert.equal((await decides(finance, no, 'approve', { line: '1' })).status, 303);
  assert.equal((await findQuota(world.db, merchantNo))?.available, 9_000_000);
  const refused = (await requestEvents(world.db, no)).filter((event) => event.type === 'refused' && event.refusal === 'own_request');
  assert.equal(refused.length, 6, 'every attempt is on record');
});
