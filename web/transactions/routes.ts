// 交易查询: the list with its filters, and one transaction with its entries and messages.
import { entriesOf } from '../../db/ledger.ts';
import { findMerchant } from '../../db/merchants.ts';
import { commandOf } from '../../db/online.ts';
import { findTransaction, hoursOf, messagesUnder, relatedTo, transactions } from '../../db/transactions.ts';
import { calendarDay, typedDay } from '../../workflows/rules/calendar-day.ts';
import { readFen } from '../../workflows/rules/money.ts';
import { businessDate } from '../../workflows/rules/time.ts';
import { notFound, page, param, query, type Route, type SignedInCtx } from '../http.ts';
import { type Asked, dayPage, transactionPage, transactionsPage } from './views.ts';

const right = ['transactionQuery'];
export const transactionRoutes: Route[] = [
  { method: 'GET', path: '/transactions', right, handle: list },
  { method: 'GET', path: '/transactions/:no', right, handle: show },
  { method: 'GET', path: '/merchants/:no/day', right, handle: day },
];

const PAGE = 50;

/** What the query form asks for; what is no day or no amount is left out. */
function asked(ctx: SignedInCtx): Asked {
  const text = (name: string, max: number) => query(ctx, name, max).trim();
  const date = (name: string) => (calendarDay(text(name, 10)) ? text(name, 10) : '');
  const amount = readFen(text('amount', 20)) === null ? '' : text('amount', 20);
  return { q: text('q', 60), type: text('type', 10), code: text('code', 10), state: text('state', 10), amount, from: date('from'), until: date('until') };
}

async function list(ctx: SignedInCtx): Promise<void> {
  const filter = asked(ctx);
  const before = Number(query(ctx, 'before', 16));
  const { q, type, code, state } = filter;
  const fen = readFen(filter.amount);
  const rows = await transactions(
    ctx.db,
    {
      q,
      type,
      code,
      state,
      from: calendarDay(filter.from) ?? '',
      until: calendarDay(filter.until) ?? '',
      ...(fen === null ? {} : { amountFen: fen }),
      ...(Number.isSafeInteger(before) && before > 0 ? { before } : {}),
    },
    PAGE + 1,
  );
  const next = rows.length > PAGE ? rows[PAGE - 1]?.id : undefined;
  page(ctx, await transactionsPage(ctx, filter, rows.slice(0, PAGE), before > 0, next));
}

async function show(ctx: SignedInCtx): Promise<void> {
  const no = param(ctx, 'no');
  const row = /^\d{1,15}$/.test(no) ? await findTransaction(ctx.db, Number(no)) : null;
  if (!row) throw notFound();
  const [merchant, entries, related, messages] = await Promise.all([
    findMerchant(ctx.db, row.merchantNo),
    entriesOf(ctx.db, commandOf(row)),
    relatedTo(ctx.db, row),
    messagesUnder(ctx.db, row),
  ]);
  page(ctx, await transactionPage(ctx, { row, merchantName: merchant?.name ?? '', entries, related, messages }));
}

async function day(ctx: SignedInCtx): Promise<void> {
  const merchant = await findMerchant(ctx.db, param(ctx, 'no'));
  if (!merchant) throw notFound();
  const asked = query(ctx, 'date', 10);
  const date = calendarDay(asked) ? asked : typedDay(businessDate(Date.now()));
  page(ctx, await dayPage(ctx, merchant, date, await hoursOf(ctx.db, merchant.merchantNo, date.replaceAll('-', ''))));
}
