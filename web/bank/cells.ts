// Cells of a statement: dates in the many forms banks use, amounts with separators of any width, directions.

/** `yyyymmdd` and `hh:mm:ss` ('' when the bank gives none), or null for what is no moment. */
export function readMoment(date: string, time = ''): { on: string; at: string } | null {
  // A file repeats its moments and mostly writes them alike.
  if (time === '' && date === last.text) return last.moment;
  const moment = anyMoment(date, time);
  if (time === '') last = { text: date, moment };
  return moment;
}
let last: { text: string; moment: { on: string; at: string } | null } = { text: '', moment: null };

function anyMoment(date: string, time: string): { on: string; at: string } | null {
  const text = `${date} ${time}`
    .normalize('NFKC')
    .replaceAll(/[年月/.]/g, '-')
    .replaceAll('日', ' ')
    .trim();
  const [, year, month, day, rest = ''] = /^(\d{4})-?(\d{1,2})-?(\d{1,2})(?!\d)[\sT-]*(.*)$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})\s*(.*)$/.exec(text) ?? [];
  if (!year || !month || !day) return null;
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (moment.getUTCMonth() !== Number(month) - 1 || moment.getUTCDate() !== Number(day)) return null;
  const [, hour = '', minute = '', second = '00'] = /^(\d{1,2})[:-]?(\d{2})(?:[:-]?(\d{2}))?/.exec(rest.trim()) ?? [];
  const at = hour === '' ? '' : [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
  if (at !== '' && (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)) return null;
  return { on: `${year}${month.padStart(2, '0')}${day.padStart(2, '0')}`, at };
}

/** Signed fen; '' and '-' are 0; null for what is no amount. */
export function readAmount(cell: string): number | null {
  if (cell === '') return 0;
  // As most files write it: no sign, separators or odd widths.
  const dot = cell.length - 3;
  if (/^\d{1,13}\.\d\d$/.test(cell)) return Number(cell.slice(0, dot)) * 100 + Number(cell.slice(dot + 1));
  const text = cell
    .normalize('NFKC')
    .replaceAll(/[\s,¥￥"']/g, '')
    .replaceAll('−', '-');
  if (text === '' || text === '-' || text === '--') return 0;
  const [, bracket = '', sign = '', yuan = '', decimals = ''] = /^(\()?([+-]?)(\d{1,13})(?:\.(\d{0,2})0*)?\)?$/.exec(text) ?? [];
  if (yuan === '') return null;
  const fen = Number(yuan) * 100 + Number(decimals.padEnd(2, '0'));
  return sign === '-' || bracket ? -fen : fen;
}

/** Whether a flag says money in (贷, Cr, 收) or out (借, Dr, 支); null when it says neither. */
export function readFlag(cell: string): 'in' | 'out' | null {
  const text = cell.normalize('NFKC').trim().toUpperCase();
  if (/^(贷|CR?$|C\b|收|入|\+)/.test(text)) return 'in';
  return /^(借|DR?$|D\b|支|付|出|-)/.test(text) ? 'out' : null;
}

/** A row that only sums up, or explains. */
export const isSummary = (cells: readonly string[]): boolean =>
  cells
    .slice(0, 3)
    .some((cell) => /^[\s"]*(合计|总计|小计|本页|累计|共\s*\d+\s*笔|总收入|总支出|借方合计|贷方合计|期末余额|打印|备注:|说明)/.test(cell.normalize('NFKC')));
