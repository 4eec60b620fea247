// 批结算 (rules.md §3): the terminal's totals beside ours, and after 批上送 its transactions one by one. Amounts in fen.

/** 借: purchases; 贷: voids and refunds. What was reversed counts for neither. */
export interface BatchTotals {
  debitCount: number;
  debitFen: number;
  creditCount: number;
  creditFen: number;
}
export const sameTotals = (a: BatchTotals, b: BatchTotals): boolean =>
  a.debitCount === b.debitCount && a.debitFen === b.debitFen && a.creditCount === b.creditCount && a.creditFen === b.creditFen;

export interface BatchItem {
  traceNo: number;
  type: 'purchase' | 'void' | 'refund';
  amountFen: number;
}
/** `ours`: approved here, not told by the terminal; `theirs`: told, not approved here; `amount`: told otherwise. */
export interface BatchDifference extends BatchItem {
  why: 'ours' | 'theirs' | 'amount';
}

/** What does not agree between the approved transactions of a batch and those that the terminal told. */
export function differencesOf(ours: readonly BatchItem[], theirs: readonly BatchItem[]): BatchDifference[] {
  const told = new Map(theirs.map((item) => [item.traceNo, item]));
  const found: BatchDifference[] = [];
  for (const item of ours) {
    const other = told.get(item.traceNo);
    told.delete(item.traceNo);
    if (!other) found.push({ ...item, why: 'ours' });
    else if (other.type !== item.type || other.amountFen !== item.amountFen) found.push({ ...other, why: 'amount' });
  }
  return [...found, ...[...told.values()].map((item) => ({ ...item, why: 'theirs' as const }))];
}

/** What items come to, as a terminal or as we count them. */
export function totalsOf(items: readonly BatchItem[]): BatchTotals {
  const of = (debit: boolean) => items.filter(({ type }) => (type === 'purchase') === debit);
  const sum = (list: readonly BatchItem[]) => list.reduce((fen, item) => fen + item.amountFen, 0);
  return { debitCount: of(true).length, debitFen: sum(of(true)), creditCount: of(false).length, creditFen: sum(of(false)) };
}
