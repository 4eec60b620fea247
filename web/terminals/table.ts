// Terminals as rows, for their own list and for pages of merchants and requests.
import type { TerminalRow } from '../../db/terminals.ts';
import type { Activity } from '../../db/transactions.ts';
import { showFen } from '../../workflows/rules/money.ts';
import type { Text } from '../text/index.ts';
import { html, type Raw } from '../ui/html.ts';
import { moment, statusTag } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';

export function terminalTable(text: Text, rows: readonly TerminalRow[], activity: ReadonlyMap<string, Activity> = new Map()): Raw {
  const words = text.transaction;
  return html`<table class="t wide"><thead><tr><th>${text.fields.terminalNo}</th><th>${text.fields.merchantNo}</th><th>${text.fields.model}</th><th>${text.fields.serialNo}</th><th>${text.fields.installAddress}</th><th>${text.terminals.keyCheck}</th><th>${words.seen}</th><th class="num">${words.today}</th><th class="num">${words.todayFen}</th><th>${text.merchants.status}</th></tr></thead><tbody>${rows.map((row) => [row, activity.get(row.terminalNo)] as const).map(([row, seen]) => html`<tr><td class="mono"><a href="${paths.terminal(row.terminalNo)}">${row.terminalNo}</a></td><td class="mono"><a href="${paths.merchant(row.merchantNo)}">${row.merchantNo}</a></td><td>${row.model}</td><td class="mono">${row.serialNo}</td><td class="wrap">${row.installAddress}</td><td class="mono">${row.keyCheck}</td><td class="mono">${seen && moment(seen.seenAt)}</td><td class="num">${seen?.count}</td><td class="num">${seen && showFen(seen.fen)}</td><td>${statusTag(text, row.status)}</td></tr>`)}</tbody></table>`;
}
