// 公共信息维护: areas, categories, banks, the working calendar, terminal models; announcements; the way to parameters.
import { audit } from '../../db/audit.ts';
import { mayCall } from '../../db/rate-limits.ts';
import { readFields } from '../../workflows/rules/fields.ts';
import { field, HttpError, notFound, page, param, query, type Route, type SignedInCtx, see } from '../http.ts';
import { fill } from '../text/index.ts';
import type { Hole } from '../ui/html.ts';
import { notice } from '../ui/parts.ts';
import { paths } from '../ui/paths.ts';
import { isRegister, keyOf, type RegisterName, type Row, readLines, registerOf, rowFaults } from './registers.ts';
import { type Edited, registerPage, removalPage } from './views.ts';

const right = ['publicInformation'];
export const referenceRoutes: Route[] = [
  { method: 'GET', path: '/public-information', right, handle: async (ctx: SignedInCtx) => see(ctx, paths.announcements()) },
  { method: 'GET', path: '/public-information/:register', right, handle: (ctx: SignedInCtx) => show(ctx) },
  { method: 'POST', path: '/public-information/:register', right, handle: put },
  { method: 'POST', path: '/public-information/:register/removal', right, handle: remove },
  { method: 'POST', path: '/public-information/:register/import', right, handle: importLines },
];

function named(ctx: SignedInCtx): RegisterName {
  const name = param(ctx, 'register');
  if (!isRegister(name)) throw notFound();
  return name;
}

const PAGE = 100;

async function show(ctx: SignedInCtx, edited: Edited | null = null, said: Hole = null, status = 200): Promise<void> {
  const name = named(ctx);
  const register = registerOf(name);
  const [q, from, edit] = [query(ctx, 'q', 40).trim(), Math.max(0, Number(query(ctx, 'from', 8)) || 0), query(ctx, 'edit', 20)];
  const all = await register.list(ctx.db);
  const rows = q === '' ? all : all.filter((row) => Object.values(row).some((value) => value.includes(q)));
  const row = edit === '' ? undefined : all.find((one) => one[keyOf(register)] === edit);
  const given = edited ?? (row ? { row, faults: {} } : null);
  page(
    ctx,
    await registerPage(ctx, name, {
      q,
      from,
      total: rows.length,
      rows: rows.slice(from, from + PAGE),
      more: rows.length > from + PAGE,
      given,
      known: row !== undefined,
      said,
    }),
    status,
  );
}

async function put(ctx: SignedInCtx): Promise<void> {
  const name = named(ctx);
  const register = registerOf(name);
  const row: Row = readFields(register.fields, (ctx.req.body ?? {}) as Record<string, unknown>);
  const faults = rowFaults(register, row);
  if (Object.keys(faults).length > 0) return show(ctx, { row, faults }, null, 422);
  const key = row[keyOf(register)] ?? '';
  const before = (await register.list(ctx.db)).find((one) => one[keyOf(register)] === key) ?? null;
  // A new one that exists already is no change of that one.
  if (before && field(ctx.req.body, 'known', 3) !== 'yes') return show(ctx, { row, faults: { [keyOf(register)]: 'code_taken' } }, null, 422);
  await ctx.db.transaction(async (tx) => {
    await register.put(tx, row);
    await audit(tx, { by: ctx.user, action: 'reference.put', object: `${name}/${key}`, detail: { before, after: row }, address: ctx.address });
  });
  see(ctx, paths.register(name));
}

/** 删除, asked twice; what is in use stays. */
async function remove(ctx: SignedInCtx): Promise<void> {
  const name = named(ctx);
  const register = registerOf(name);
  const key = field(ctx.req.body, 'key', 20);
  const before = (await register.list(ctx.db)).find((one) => one[keyOf(register)] === key);
  if (!before) throw notFound();
  if (field(ctx.req.body, 'sure', 3) !== 'yes') return page(ctx, await removalPage(ctx, name, before));
  const gone = await ctx.db.transaction(async (tx) => {
    if (!(await register.remove(tx, key))) return false;
    await audit(tx, { by: ctx.user, action: 'reference.removed', object: `${name}/${key}`, detail: { before }, address: ctx.address });
    return true;
  });
  if (!gone) return page(ctx, await removalPage(ctx, name, before, notice('bad', ctx.text.reference.inUse)), 409);
  see(ctx, paths.register(name));
}

async function importLines(ctx: SignedInCtx): Promise<void> {
  const name = named(ctx);
  const register = registerOf(name);
  const { putAll } = register;
  if (!putAll) throw notFound();
  if (!(await mayCall(ctx.db, `import:${ctx.user.code}`, 20, 3_600_000))) throw new HttpError(429, (text) => text.signIn.tooMany);
  const read = readLines(register, field(ctx.req.body, 'lines', 2_000_000));
  if ('fault' in read) {
    const words = fill(ctx.text.reference.badLine, { line: read.line, fault: ctx.text.faults[read.fault] });
    return show(ctx, { row: {}, faults: {}, lines: field(ctx.req.body, 'lines', 2_000_000) }, notice('bad', words), 422);
  }
  await ctx.db.transaction(async (tx) => {
    await putAll(tx, read.rows);
    await audit(tx, { by: ctx.user, action: 'reference.imported', object: name, detail: { rows: read.rows.length }, address: ctx.address });
  });
  await show(ctx, null, notice('good', fill(ctx.text.reference.imported, { n: read.rows.length })));
}
