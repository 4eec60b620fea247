// Statements as banks export them, with balances that tie: the same movements in every layout.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { days, shanghaiTime } from '../workflows/rules/time.ts';

/** `fen` signed: in +, out −. */
export interface Move {
  /** `2026-11-20 09:30:00`. */
  at: string;
  fen: number;
  name: string;
  account: string;
  note?: string;
  no?: string;
}
export const OUR_ACCOUNT = '3301020409200999888';

const yuan = (fen: number) => (Math.abs(fen) / 100).toFixed(2);
const commas = (fen: number) => yuan(fen).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
const cell = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (rows: string[][]) => rows.map((row) => row.map(cell).join(',')).join('\r\n');

type Render = (moves: readonly (Move & { balance: number })[]) => string[][];
const inOut = (move: Move) => [move.fen < 0 ? yuan(move.fen) : '', move.fen > 0 ? commas(move.fen) : ''];

/** Layouts by name: rows of cells, with prefaces, sums and order as the bank has them. */
export const layouts: Record<string, Render> = {
  工行一: (moves) => [
    ['[HISTORYDETAIL]'],
    ['凭证号', '本方账号', '对方账号', '交易时间', '借/贷', '借方发生额', '贷方发生额', '对方行号', '摘要', '用途', '对方单位名称', '余额'].map(
      (word) => `${word}\t`,
    ),
    ...moves.map((move) =>
      [
        '0',
        OUR_ACCOUNT,
        move.account,
        move.at,
        move.fen < 0 ? '借' : '贷',
        ...inOut(move),
        '102100099996',
        '转账',
        move.note ?? '',
        move.name,
        commas(move.balance),
      ].map((text) => `${text}\t`),
    ),
    ['合计', '', '', '', '', '', '', '', '', '', '', ''],
  ],
  工行二: (moves) => [
    [`账号：${OUR_ACCOUNT}`],
    ['对方账号', '交易时间', '借贷标志', '对方单位', '对方行号', '用途', '摘要', '附言', '发生额', '余额', '币种'],
    ...moves.map((move) => [
      move.account,
      move.at.replaceAll('-', '/'),
      move.fen < 0 ? '借' : '贷',
      move.name,
      '',
      '',
      '汇款',
      move.note ?? '',
      yuan(move.fen),
      yuan(move.balance),
      '人民币',
    ]),
  ],
  工行三: (moves) => [
    [`账号`, OUR_ACCOUNT],
    ['对方账号', '交易时间', '对方单位', '用途', '摘要', '附言', '余额', '转出金额', '转入金额'],
    ...moves.map((move) => [move.account, move.at, move.name, '', '', move.note ?? '', commas(move.balance), ...inOut(move)]),
  ],
  建行: (moves) => [
    [
      '账号',
      '账户名称',
      '交易时间',
      '借方发生额(支取)',
      '贷方发生额(收入)',
      '余额',
      '币种',
      '对方户名',
      '对方账号',
      '对方开户机构',
      '记账日期',
      '摘要',
      '备注',
      '账户明细编号-交易流水号',
    ],
    ...moves.map((move, i) => [
      OUR_ACCOUNT,
      '账房支付',
      move.at.replaceAll(/[-:]/g, ''),
      ...inOut(move),
      yuan(move.balance),
      '人民币元',
      move.name,
      move.account,
      '某某支行',
      move.at.slice(0, 10).replaceAll('-', ''),
      '电汇',
      move.note ?? '',
      move.no ?? `1-${1000 + i}`,
    ]),
  ],
  招行: (moves) => [
    ['账号', '账号名称', '币种', '交易日', '交易时间', '起息日', '交易类型', '借方金额', '贷方金额', '余额', '摘要', '收(付)方名称', '收(付)方账号'],
    ...moves
      .toReversed()
      .map((move) => [
        OUR_ACCOUNT,
        '账房支付',
        '人民币',
        move.at.slice(0, 10).replaceAll('-', ''),
        move.at.slice(11),
        move.at.slice(0, 10),
        '转账',
        ...inOut(move),
        commas(move.balance),
        move.note ?? '',
        move.name,
        move.account,
      ]),
  ],
  单列: (moves) => [
    ['账号', OUR_ACCOUNT],
    ['记账日期', '货币', '交易金额', '余额', '摘要', '对手信息'],
    ...moves.map((move) => [
      `${move.at.slice(0, 4)}年${Number(move.at.slice(5, 7))}月${Number(move.at.slice(8, 10))}日`,
      'CNY',
      `${move.fen < 0 ? '-' : ''}${commas(move.fen)}`,
      commas(move.balance),
      move.note ?? '',
      move.name,
    ]),
  ],
  标志: (moves) => [
    ['账号', OUR_ACCOUNT],
    ['交易日期', '交易类型', '借贷', '交易金额', '余额', '对方账号', '对方户名'],
    ...moves.map((move) => [
      move.at,
      move.note ?? '',
      move.fen < 0 ? '借 Dr' : '贷 Cr',
      `${commas(move.fen)}`.replaceAll(',', '，'),
      commas(move.balance),
      move.account,
      move.name,
    ]),
  ],
};

/** Writes moves from an opening balance on; answers the path. */
export function writeStatement(
  dir: string,
  name: string,
  layout: string,
  opening: number,
  moves: readonly Move[],
  encoding: 'gb18030' | 'utf8' = 'gb18030',
): string {
  let balance = opening;
  const whole = moves.map((move) => {
    balance += move.fen;
    return { ...move, balance };
  });
  const render = layouts[layout];
  if (!render) throw new Error(`no layout ${layout}`);
  const path = join(dir, name);
  writeFileSync(path, iconv.encode(csv(render(whole)), encoding));
  return path;
}

/** A day of the last few, as banks write it: a line too old is no match. */
export const ago = (n: number): string => shanghaiTime(Date.now() - days(n)).slice(0, 10);
