// 终端信息: list and detail, and the key that is shown once to whoever installs the terminal.
import { audit } from '../../db/audit.ts';
import { findMerchant } from '../../db/merchants.ts';
import { openRequestsOf } from '../../db/open-requests.ts';
import { type BatchRow, batchesOf } from '../../db/terminal-sessions.ts';
import { findTerminal, keyShown, terminals, terminalVersions } from '../../db/terminals.ts';
import { type Activity, activityOf } from '../../db/transactions.ts';
import { openKey } from '../../stack/terminal-keys.ts';
import type { BatchTotals } from '../../workflows/rules/batches.ts';
import { showFen } from '../../workflows/rules/money.ts';
import { terminalChangeFields } from '../../workflows/rules/terminal-form.ts';
import { notFound, page, param, query, type Route, type SignedInCtx } from '../http.ts';
import { fieldShown } from '../requests/content.ts';
import { fill, type Text, word } from '../text/index.ts';
import { type Hole, html, type Raw } from '../ui/html.ts';
import { layout, token } from '../ui/layout.ts';
import { notice, options, pager, statusTag, wholeMoment } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { terminalTable } from './table.ts';

export const terminalRoutes: Route[] = [
  { method: 'GET', path: '/terminals', right: ['terminalInfo'], handle: list },
  { method: 'GET', path: '/terminals/:no', right: ['terminalInfo'], handle: (ctx: SignedInCtx) => show(ctx) },
  { method: 'POST', path: '/terminals/:no/key', right: ['terminalRegistration'], handle: showKey },
];

const PAGE = 50;

async function list(ctx: SignedInCtx): Promise<void> {
  const { text } = ctx;
  const filter = { q: query(ctx, 'q', 60).trim(), status: query(ctx, 'status', 20), merchantNo: query(ctx, 'merchant', 15), after: query(ctx, 'after', 8) };
  const rows = await terminals(ctx.db, filter, PAGE + 1);
  const activity = await activityOf(
    ctx.db,
    rows.map((row) => row.terminalNo),
  );
  const keep = { q: filter.q, status: filter.status, merchant: filter.merchantNo };
  const next = rows.length > PAGE ? rows[PAGE - 1]?.terminalNo : undefined;
  const statuses = Object.entries(text.merchantStatus).map(([value, label]) => ({ value, label }));
  const words = text.terminals;
  const body = html`<div class="head"><h1>${words.title}</h1></div><form class="bar" method="get" action="${paths.terminals()}" role="search"><input class="field" name="q" value="${filter.q}" placeholder="${words.q}" aria-label="${words.q}" maxlength="60"><select class="field short" name="status" aria-label="${text.merchants.status}">${options(statuses, filter.status, `${text.merchants.status}: ${text.common.all}`)}</select><button class="btn">${text.common.query}</button></form>
<div class="table" tabindex="0" role="region" aria-label="${words.title}">${terminalTable(text, rows.slice(0, PAGE), activity)}${rows.length === 0 && html`<p class="empty">${text.common.none}</p>`}</div>${pager(text, filter.after ? paths.terminals(keep) : null, next ? paths.terminals({ ...keep, after: next }) : null)}`;
  page(ctx, await layout(ctx, { title: words.title, body }));
}

async function show(ctx: SignedInCtx, said?: Hole): Promise<void> {
  const { text, db } = ctx;
  const words = text.terminals;
  const row = await findTerminal(db, param(ctx, 'no'));
  if (!row) throw notFound();
  const [versions, merchant, busy, activity, batches] = await Promise.all([
    terminalVersions(db, row.terminalNo),
    findMerchant(db, row.merchantNo),
    openRequestsOf(db, [`terminal:${row.terminalNo}`]),
    activityOf(db, [row.terminalNo]),
    batchesOf(db, row.terminalNo, 20),
  ]);
  const fields = terminalChangeFields
    .filter(({ key }) => (row.form[key] ?? '') !== '')
    .map(({ key }) => html`<dt>${word(text.fields, key)}</dt><dd>${fieldShown(text, key, row.form[key] ?? '')}</dd>`);
  const mayShow = row.status === 'active' && row.keyShownAt === null && ctx.user.rights.includes('terminalRegistration');
  const body = html`<article class="sheet"><div class="title"><h1>${row.terminalNo}</h1><a href="${paths.merchant(row.merchantNo)}">${merchant?.name} <span class="mono">${row.merchantNo}</span></a>${statusTag(text, row.status)}</div>
${busy.map((one) => notice('warn', html`${fill(text.drafts.busy, { kind: word(text.kinds, one.kind) })} <a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a>`))}
<div class="two"><section class="card"><h2>${words.detail}</h2><dl class="d"><dt>${text.fields.serialNo}</dt><dd class="mono">${row.serialNo}</dd>${fields}<dt>${words.keyCheck}</dt><dd class="mono">${row.keyCheck}</dd></dl>${mayShow && html`<form method="post" action="${paths.terminal(row.terminalNo, 'key')}" class="inline row">${token(ctx)}<button class="btn">${text.drafts.keyShow}</button><small>${text.drafts.keyHint}</small></form>`}</section>
<section class="card"><h2>${text.merchants.versions}</h2><table class="t"><thead><tr><th>${text.merchants.versions}</th><th>${text.merchants.effectiveAt}</th><th>${text.merchants.madeBy}</th></tr></thead><tbody>${versions.map((one) => html`<tr><td>${fill(text.merchants.version, { n: one.version })}</td><td class="mono">${wholeMoment(one.effectiveAt)}</td><td><a class="mono" href="${paths.request(one.requestNo)}">${one.requestNo}</a></td></tr>`)}</tbody></table></section></div>
${sessionCard(text, row.terminalNo, activity.get(row.terminalNo), batches)}</article>`;
  page(
    ctx,
    await layout(ctx, {
      title: row.terminalNo,
      crumbs: [{ label: words.title, path: paths.terminals() }, { label: row.terminalNo }],
      entry: 'terminalInfo',
      notice: said,
      body,
    }),
  );
}

/** The key, once, to be entered at the terminal; who saw it is on record. */
async function showKey(ctx: SignedInCtx): Promise<void> {
  const { db, settings, text } = ctx;
  const row = await findTerminal(db, param(ctx, 'no'));
  if (!row) throw notFound();
  // Opened before it counts as shown: a wrong secret must not use up the only time.
  const key = openKey(settings.TERMINAL_KEY_SECRET, row.terminalNo, row.keyCipher);
  const first = await db.transaction(async (tx) => {
    if (!(await keyShown(tx, row.terminalNo, new Date()))) return false;
    await audit(tx, { by: ctx.user, action: 'terminal.key', object: row.terminalNo, address: ctx.address });
    return true;
  });
  if (!first) return show(ctx, notice('bad', text.drafts.keyGone));
  await show(ctx, notice('warn', html`${text.drafts.key}: <b class="mono">${key.match(/.{8}/g)?.join(' ')}</b> ${text.drafts.keyHint}`));
}

/** When it was last heard of, and its batches with both totals. */
function sessionCard(text: Text, terminalNo: string, seen: Activity | undefined, batches: readonly BatchRow[]): Raw {
  const words = text.transaction;
  const totals = (one: BatchTotals | null) => one && `${one.debitCount} / ${showFen(one.debitFen)} − ${one.creditCount} / ${showFen(one.creditFen)}`;
  return html`<section class="card"><h2>${words.session} <a href="${paths.transactions({ q: terminalNo })}">${words.title}</a></h2>${seen ? html`<p>${words.seen} <span class="mono">${wholeMoment(seen.seenAt)}</span> · ${words.today} ${seen.count} · ${words.todayFen} ${showFen(seen.fen)}</p>` : html`<p class="muted">${words.unsigned}</p>`}${
    batches.length > 0 &&
    html`<div class="scroll" tabindex="0" role="region" aria-label="${words.batches}"><table class="t"><thead><tr><th>${words.batch}</th><th>${words.batchState}</th><th>${words.settledAt}</th><th>${words.terminalTotal}</th><th>${words.ourTotal}</th><th class="num">${words.differences}</th></tr></thead><tbody>${batches.map((one) => html`<tr><td class="mono">${one.batchNo}</td><td>${words.states[one.state]}</td><td class="mono">${one.settledAt && wholeMoment(one.settledAt)}</td><td class="mono">${totals(one.claimed)}</td><td class="mono">${totals(one.counted)}</td><td class="num">${one.differences?.length}</td></tr>`)}</tbody></table></div>`
  }</section>`;
}
