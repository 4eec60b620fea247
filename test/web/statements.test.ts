// 银行流水: every layout in both encodings, other containers, and files that are refused whole with their line.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import exceljs from 'exceljs';
import { readStatement } from '../../web/bank/reading.ts';
import { StatementRefusal } from '../../web/bank/statement.ts';
import { layouts, type Move, OUR_ACCOUNT, writeStatement } from '../statements.ts';

const dir = mkdtempSync(join(tmpdir(), 'zhangfang-statements-'));
after(() => rmSync(dir, { recursive: true }));
let moves: Move[] = [];
before(() => {
  moves = [
    { at: '2026-11-20 09:30:00', fen: 10_700_053, name: '沈阳和泰商贸有限公司', account: '3301020409200123456', note: '货款 TU20261120000001' },
    { at: '2026-11-20 10:00:05', fen: -250_000, name: '某某物业公司', account: '6228480402564890018', note: '房租' },
    { at: '2026-11-21 16:45:59', fen: 800_000, name: '个体户"老王"', account: '6222020200012345670', note: '充值,第二笔' },
  ];
});

const read = (path: string, accountNo = '', mapped: { name: string; columns: Record<string, string> }[] = []) => readStatement({ path, accountNo, mapped });
const refused = (fault: string, line: number | null) => (error: unknown) => {
  assert.ok(error instanceof StatementRefusal, String(error));
  assert.deepEqual([error.fault, line === null ? null : error.line], [fault, line]);
  return true;
};

for (const layout of Object.keys(layouts)) {
  for (const encoding of ['gb18030', 'utf8'] as const) {
    test(`${layout} in ${encoding}: lines, amounts, direction and balances`, async () => {
      const path = writeStatement(dir, `${layout}-${encoding}.csv`, layout, 1_000_000, moves, encoding);
      const summary = await read(path);
      assert.equal(summary.accountNo, OUR_ACCOUNT);
      assert.deepEqual([summary.lines, summary.inboundFen, summary.outboundFen], [3, 11_500_053, 250_000]);
      assert.deepEqual([summary.openingFen, summary.closingFen], [1_000_000, 12_250_053]);
      const [first] = summary.ascending ? summary.sample : summary.sample.toReversed();
      assert.deepEqual([first?.on, first?.direction, first?.amountFen, first?.partyName], ['20261120', 'in', 10_700_053, '沈阳和泰商贸有限公司']);
      assert.match(first?.note ?? '', /TU20261120000001/);
    });
  }
}

test('a balance that does not follow refuses the whole file, with the line', async () => {
  const path = writeStatement(dir, 'broken.csv', '工行三', 1_000_000, moves, 'utf8');
  const { readFileSync } = await import('node:fs');
  writeFileSync(path, readFileSync(path, 'utf8').replace('122,500.53', '122,500.54'));
  await assert.rejects(read(path), refused('balance_breaks', 5));
});

test('a bad cell is named with its line: a date, an amount, a flag, a currency, another account', async () => {
  const cases: [string, RegExp | string, string, string, number][] = [
    ['工行三', '2026-11-20 10:00:05', '2026-02-30 10:00:05', 'bad_date', 4],
    ['工行三', '2500.00', '25O0.00', 'bad_amount', 4],
    ['标志', '借 Dr', '?', 'bad_flag', 4],
    ['工行二', /人民币(?![\s\S]*人民币)/, 'USD', 'currency', 5],
    ['建行', new RegExp(`${OUR_ACCOUNT}(?![\\s\\S]*${OUR_ACCOUNT})`), '3301020409200999777', 'account_differs', 4],
  ];
  const { readFileSync } = await import('node:fs');
  for (const [layout, from, to, fault, line] of cases) {
    const path = writeStatement(dir, `bad-${fault}.csv`, layout, 1_000_000, moves, 'utf8');
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
    await assert.rejects(read(path), refused(fault, line), fault);
  }
});

test('OLE is refused with advice, an unknown header with its words, an empty file, bytes of no encoding', async () => {
  const file = (name: string, bytes: string | Buffer) => {
    writeFileSync(join(dir, name), bytes);
    return join(dir, name);
  };
  await assert.rejects(read(file('old.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'))), refused('ole', null));
  await assert.rejects(read(file('strange.csv', 'a,b,c\n1,2,3\n')), refused('header_unknown', null));
  await assert.rejects(read(file('empty.csv', '')), refused('empty', null));
  await assert.rejects(read(file('noise.csv', Buffer.from([0x61, 0xff, 0xff, 0x80, 0x0a]))), refused('encoding', null));
});

test('XLSX, and HTML that calls itself .xls', async () => {
  const book = new exceljs.Workbook();
  const sheet = book.addWorksheet('明细');
  sheet.addRow([`账号:${OUR_ACCOUNT}`]);
  sheet.addRow(['交易时间', '转出金额', '转入金额', '余额', '对方单位', '对方账号', '摘要']);
  sheet.addRow([new Date(Date.UTC(2026, 10, 20, 9, 30)), '', 107000.53, 117000.53, '沈阳和泰商贸有限公司', '3301020409200123456', '货款']);
  await book.xlsx.writeFile(join(dir, 'new.xlsx'));
  const fromBook = await read(join(dir, 'new.xlsx'));
  assert.deepEqual([fromBook.lines, fromBook.inboundFen, fromBook.sample[0]?.on, fromBook.sample[0]?.at], [1, 10_700_053, '20261120', '09:30:00']);
  const row = (cells: string[]) => `<tr>${cells.map((cell) => `<td class="x">${cell}</td>`).join('')}</tr>`;
  const page = `<html><table>${row(['账号', OUR_ACCOUNT])}${row(['交易时间', '转出金额', '转入金额', '余额', '对方单位'])}${row(['2026-11-20', '', '8,000.00', '18,000.00', 'A&amp;B'])}</table></html>`;
  writeFileSync(join(dir, 'page.xls'), page);
  const fromPage = await read(join(dir, 'page.xls'));
  assert.deepEqual([fromPage.lines, fromPage.inboundFen, fromPage.sample[0]?.partyName], [1, 800_000, 'A&B']);
});

test('a layout that nobody knows is read once finance has mapped its words', async () => {
  const text = `记账时刻,进,出,结余,来自\n2026-11-20,100.00,,100.00,某某\n`;
  writeFileSync(join(dir, 'mapped.csv'), text);
  await assert.rejects(read(join(dir, 'mapped.csv'), OUR_ACCOUNT), refused('header_unknown', null));
  const columns = { 记账时刻: 'date', 进: 'in', 出: 'out', 结余: 'balance', 来自: 'partyName' };
  const summary = await read(join(dir, 'mapped.csv'), OUR_ACCOUNT, [{ name: '某行', columns }]);
  assert.deepEqual([summary.layout, summary.lines, summary.inboundFen], ['某行', 1, 10_000]);
});

test('real layouts from outside are understood, and refused where their altered balances break', { skip: !existsSync('../shared/samples/bank') }, async () => {
  for (const name of readdirSync('../shared/samples/bank').filter((file) => /bocom|cmb|icbc/.test(file)))
    await assert.rejects(read(`../shared/samples/bank/${name}`, OUR_ACCOUNT), (error: StatementRefusal) => {
      console.log(`${name}: ${error.message} ${error.detail}`);
      return error.fault === 'balance_breaks' || (name === 'icbc.csv' && error.fault === 'bad_balance');
    });
});
