// Layouts of bank statements, told by the words of their header (rules.md §6.3). Written from the bank's side: 贷方 is money in.

/** What a column holds. `note` may be several columns, joined. */
export const roles = [
  'date',
  'time',
  'out',
  'in',
  'flag',
  'amount',
  'balance',
  'partyName',
  'partyAccountNo',
  'partyBank',
  'note',
  'serialNo',
  'accountNo',
  'currency',
] as const;
export type Role = (typeof roles)[number];
export const isRole = (name: string): name is Role => (roles as readonly string[]).includes(name);

/** Words of headers as banks write them, after `evenWord`. */
const words: Record<Exclude<Role, 'time'>, readonly string[]> = {
  date: ['交易时间', '交易日期', '记账日期', '交易日', '日期', '入账日期', '交易日期时间', '交易时间戳'],
  out: ['借方发生额', '借方金额', '支出', '支出金额', '转出金额', '借方发生额(支取)', '支取', '借方', '付款金额', '记账金额(支出)'],
  in: ['贷方发生额', '贷方金额', '收入', '收入金额', '转入金额', '贷方发生额(收入)', '存入', '贷方', '收款金额', '记账金额(收入)'],
  flag: ['借贷标志', '借/贷', '借贷', '收支', '收/支', '借贷方向', '方向'],
  amount: ['发生额', '交易金额', '金额', '交易额'],
  balance: ['余额', '联机余额', '账户余额', '本次余额', '交易后余额', '当前余额'],
  partyName: ['对方单位名称', '对方单位', '对方户名', '收(付)方名称', '对手信息', '对方名称', '对方账户名称', '对手名称', '交易对手'],
  partyAccountNo: ['对方账号', '收(付)方账号', '对方账户', '对手账号', '对方卡号'],
  partyBank: ['对方行号', '对方开户机构', '对方行名', '对方开户行', '收(付)方开户行名', '对方银行'],
  note: ['摘要', '用途', '附言', '备注', '交易摘要', '客户摘要', '交易附言', '交易类型'],
  serialNo: ['账户明细编号-交易流水号', '流水号', '交易流水号', '银行流水号', '明细编号', '核心流水号'],
  accountNo: ['账号', '本方账号', '卡号', '账户'],
  currency: ['币种', '货币', '记账币种'],
};
const roleOf = new Map(Object.entries(words).flatMap(([role, list]) => list.map((word) => [word, role as Role])));

/** A header word without blanks, quotes and odd widths. */
export const evenWord = (word: string): string =>
  word
    .normalize('NFKC')
    .replaceAll(/[\s"'*:]/g, '')
    .replaceAll(/[〔【[]/g, '(')
    .replaceAll(/[〕】\]]/g, ')');

export interface Layout {
  name: string;
  /** Column numbers of each role. */
  columns: Partial<Record<Role, number[]>>;
}

/** A layout that finance mapped: header word → role. */
export interface MappedLayout {
  name: string;
  columns: Record<string, string>;
}

/** The layout of a row of header words, or null when it is no header that can be read. */
export function layoutOf(row: readonly string[], mapped: readonly MappedLayout[] = []): Layout | null {
  const even = row.map(evenWord);
  // What the words themselves say comes first: a mapping may explain a header, never turn a known one round.
  const layout = arrange(
    'words',
    even.map((word) => roleOf.get(word) ?? ''),
  );
  if (isWhole(layout)) return { ...layout, name: shapeOf(layout) };
  for (const { name, columns } of mapped) {
    const named = new Map(Object.entries(columns).map(([word, role]) => [evenWord(word), role]));
    if (![...named.keys()].every((word) => even.includes(word))) continue;
    const explained = arrange(
      name,
      even.map((word) => named.get(word) ?? ''),
    );
    if (isWhole(explained)) return explained;
  }
  return null;
}

function arrange(name: string, found: readonly string[]): Layout {
  const columns: Layout['columns'] = {};
  for (const [i, role] of found.entries()) if (isRole(role)) columns[role] = [...(columns[role] ?? []), i];
  // 交易日 and 交易时间 beside each other: the second one is the time of day.
  const [first, second] = columns.date ?? [];
  if (first !== undefined) columns.date = [first];
  if (second !== undefined && !columns.time) columns.time = [second];
  return { name, columns };
}

/** Date, balance and an amount with a direction are needed; without them nothing could be verified. */
function isWhole({ columns }: Layout): boolean {
  return Boolean(columns.date && columns.balance && ((columns.in && columns.out) || columns.amount));
}

const shapeOf = ({ columns }: Layout): string => (columns.in && columns.out ? 'columns' : columns.flag ? 'flag' : 'signed');
