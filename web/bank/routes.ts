// 银行流水: lines with what they serve, and statements: upload, preview, import; a layout that nobody knows is mapped here.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { audit } from '../../db/audit.ts';
import { bankAccounts, bankLines } from '../../db/bank.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { findStatement, type Imported, keepLayout, layouts, statements } from '../../db/statements.ts';
import { readFen } from '../../workflows/rules/money.ts';
import { field, HttpError, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { fill } from '../text/index.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { readUpload } from '../upload.ts';
import { importFile, sha256Of } from './importing.ts';
import { isRole } from './layout.ts';
import { readStatement, UnreadStatement } from './reading.ts';
import { StatementRefusal } from './statement.ts';
import { linesPage, mappingPage, previewPage, refusalText } from './views.ts';

export const bankRoutes: Route[] = [
  { method: 'GET', path: '/bank-lines', right: ['bankLines', 'topUpReview'], handle: list },
  { method: 'POST', path: '/bank-lines/upload', right: ['bankLines'], multipart: true, handle: upload },
  { method: 'GET', path: '/bank-lines/import/:sha', right: ['bankLines'], handle: (ctx: SignedInCtx) => preview(ctx, param(ctx, 'sha')) },
  { method: 'POST', path: '/bank-lines/import/:sha', right: ['bankLines'], handle: take },
  { method: 'POST', path: '/bank-lines/layouts', right: ['bankLines'], handle: keep },
];

const PAGE = 50;
const MAX_BYTES = 400 * 1024 * 1024;

async function list(ctx: SignedInCtx): Promise<void> {
  const typed = query(ctx, 'q', 60).trim();
  const amountFen = readFen(typed);
  const state = query(ctx, 'state', 10) as '' | 'open' | 'reserved' | 'used';
  const direction = query(ctx, 'direction', 3) as '' | 'in' | 'out';
  const before = Number(query(ctx, 'before', 16));
  const filter = {
    ...(amountFen ? { amountFen } : { q: typed }),
    ...(['open', 'reserved', 'used'].includes(state) ? { state } : {}),
    ...(['in', 'out'].includes(direction) ? { direction } : {}),
    ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}),
  };
  const [rows, files, accounts] = await Promise.all([bankLines(ctx.db, filter, PAGE + 1), statements(ctx.db, 10), bankAccounts(ctx.db)]);
  const done = query(ctx, 'done', 40).split('/');
  const [n = '', m = ''] = done;
  const said = n !== '' && notice('good', m === '0' ? ctx.text.bank.already : fill(ctx.text.bank.imported, { n, m }));
  page(
    ctx,
    await linesPage(
      ctx,
      { q: typed, state, direction, first: !filter.before },
      rows.slice(0, PAGE),
      rows.length > PAGE ? rows[PAGE - 1]?.id : undefined,
      files,
      accounts,
      said,
    ),
  );
}

const folder = (ctx: SignedInCtx) => resolve(ctx.settings.DATA_DIR, 'statements');
const fileOf = (ctx: SignedInCtx, sha: string): string | null =>
  /^[0-9a-f]{64}$/.test(sha) && existsSync(join(folder(ctx), sha)) ? join(folder(ctx), sha) : null;

/** The file goes to disk while it arrives, under its digest; then it is shown before anything is imported. */
async function upload(ctx: SignedInCtx): Promise<void> {
  if (!(await mayCall(ctx.db, `upload:${ctx.user.code}`, 60, 3_600_000))) throw new HttpError(429, (text) => text.signIn.tooMany);
  const received = await receive(ctx).catch(() => null);
  if (!received) return see(ctx, paths.bankLines());
  const sha = await sha256Of(received.path);
  await rename(received.path, join(folder(ctx), sha)).finally(() => rm(received.path, { force: true }));
  see(ctx, `${paths.bankImport(sha)}?${new URLSearchParams({ name: received.fileName, account: received.account })}`);
}

async function receive(ctx: SignedInCtx): Promise<{ path: string; fileName: string; account: string } | null> {
  await mkdir(folder(ctx), { recursive: true, mode: 0o700 });
  const path = join(folder(ctx), `half-${randomUUID()}`);
  let whole = false;
  try {
    const { field, fileName, tooLarge } = await readUpload(ctx.req, MAX_BYTES, (stream) => {
      const half = createWriteStream(path, { mode: 0o600 });
      // Closed before it is taken away, or it might be made after that.
      return pipeline(stream, half).finally(() => half.closed || once(half, 'close'));
    });
    whole = Boolean(fileName) && !tooLarge;
    return fileName && whole ? { path, fileName, account: field('account').trim() } : null;
  } finally {
    if (!whole) await rm(path, { force: true });
  }
}

async function preview(ctx: SignedInCtx, sha: string, said?: StatementRefusal): Promise<void> {
  if (!(await mayCall(ctx.db, `preview:${ctx.user.code}`, 120, 3_600_000))) throw new HttpError(429, (text) => text.signIn.tooMany);
  const path = fileOf(ctx, sha);
  if (!path) throw notFound();
  const [fileName, accountNo] = [query(ctx, 'name', 120), query(ctx, 'account', 32).replaceAll(/\D/g, '')];
  const place = { sha, fileName, accountNo };
  try {
    if (said) throw said;
    const [summary, earlier] = await Promise.all([readStatement({ path, accountNo, mapped: await layouts(ctx.db) }), findStatement(ctx.db, sha)]);
    page(ctx, await previewPage(ctx, place, summary, earlier !== null));
  } catch (error) {
    if (!(error instanceof StatementRefusal)) throw error;
    const header = error instanceof UnreadStatement ? error.header : [];
    page(ctx, await mappingPage(ctx, place, refusalText(ctx.text, error), error.fault === 'header_unknown' ? header : []), 422);
  }
}

/** Pressed again meanwhile, it is waited for with whoever pressed first, not with another connection. */
const underWay = new Map<string, Promise<Imported>>();

/** 确定导入: whole or not at all; again, it adds nothing. */
async function take(ctx: SignedInCtx): Promise<void> {
  const sha = param(ctx, 'sha');
  const path = fileOf(ctx, sha);
  if (!path) throw notFound();
  const fileName = field(ctx.req.body, 'name', 120);
  const accountNo = field(ctx.req.body, 'account', 32).replaceAll(/\D/g, '');
  try {
    const file = { path, fileName, accountNo, importedBy: ctx.user.code, by: ctx.user, address: ctx.address };
    const key = `${sha}/${accountNo}`;
    const importing = underWay.get(key) ?? importFile(ctx.db, file).finally(() => underWay.delete(key));
    underWay.set(key, importing);
    const done = await importing;
    see(ctx, paths.bankLines({ done: `${done.lines}/${done.fresh}` }));
  } catch (error) {
    if (!(error instanceof StatementRefusal)) throw error;
    await preview(ctx, sha, error);
  }
}

/** 版式: which words stand for which column, as finance has said. */
async function keep(ctx: SignedInCtx): Promise<void> {
  const body = (ctx.req.body ?? {}) as Record<string, unknown>;
  const name = field(body, 'layout', 40).trim();
  const columns: Record<string, string> = {};
  for (let i = 0; i < 40; i++) {
    const [word, role] = [field(body, `word-${i}`, 60).trim(), field(body, `role-${i}`, 20)];
    if (word !== '' && isRole(role)) columns[word] = role;
  }
  const [sha, fileName, account] = [field(body, 'sha', 64), field(body, 'name', 120), field(body, 'account', 32)];
  if (!fileOf(ctx, sha)) throw notFound();
  if (name !== '' && Object.keys(columns).length > 0)
    await ctx.db.transaction(async (tx) => {
      if (!(await keepLayout(tx, { name, columns, madeBy: ctx.user.code, at: new Date() }))) return;
      await audit(tx, { by: ctx.user, action: 'statement.layout', object: name, detail: columns, address: ctx.address });
    });
  see(ctx, `${paths.bankImport(sha)}?${new URLSearchParams({ name: fileName, account })}`);
}
