// 账务: posting, and what the books say. The only way into them is `post()`, one statement that calls ledger_post (ledger.sql).

import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import { type AccountCode, FROZEN, type LedgerEvent, type Leg, type Posting, QUOTA } from '../workflows/rules/ledger.ts';
import { joined, type Parameter } from './arrays.ts';
import type { Db, Reader, Tx } from './connect.ts';

export const ledgerFaultCodes = {
  ZL001: 'command_reused',
  ZL002: 'day_closed',
  ZL003: 'quota_insufficient',
  ZL004: 'unbalanced',
  ZL005: 'account_unknown',
  ZL006: 'account_closed',
} as const;
export type LedgerFault = (typeof ledgerFaultCodes)[keyof typeof ledgerFaultCodes];

/** What the ledger refuses, by name. */
export class LedgerRefusal extends Error {
  readonly fault: LedgerFault;
  constructor(fault: LedgerFault) {
    super(fault);
    this.fault = fault;
  }
}

export interface Posted {
  entryId: number;
  /** False when this command had posted before: the books are as that time left them. */
  fresh: boolean;
}

/** Legs as the functions of ledger.sql take them. */
function columnsOf(legs: readonly Leg[]) {
  for (const { debit, credit } of legs)
    for (const fen of [debit, credit]) if (fen !== undefined && !(Number.isSafeInteger(fen) && fen > 0)) throw new RangeError(`not an amount in fen: ${fen}`);
  return {
    accounts: legs.map((leg) => leg.account as string),
    owners: legs.map((leg) => leg.owner ?? ''),
    debits: legs.map((leg) => leg.debit ?? 0),
    credits: legs.map((leg) => leg.credit ?? 0),
  };
}

/** Posts a balanced entry, once for each command number, with the effect it belongs to. Throws LedgerRefusal. */
export async function post(tx: Tx, posting: Posting): Promise<Posted> {
  const { commandNo, businessDate, event, cause, reverses = null } = posting;
  const { accounts, owners, debits, credits } = columnsOf(posting.legs);
  const rows = await tx
    .execute<{ entry_id: string; fresh: boolean }>(
      sql`select entry_id, fresh from ledger_post(${commandNo}, ${businessDate}, ${event}, ${cause}, ${reverses}, ${sql.param(accounts)}::text[], ${sql.param(owners)}::text[], ${sql.param(debits)}::bigint[], ${sql.param(credits)}::bigint[])`,
    )
    .catch(refused);
  return posted(rows[0]);
}

/** The same within a transaction of the driver's own. */
export async function postIn(tx: postgres.TransactionSql, posting: Posting): Promise<Posted> {
  const { commandNo, businessDate, event, cause, reverses = null } = posting;
  const { accounts, owners, debits, credits } = columnsOf(posting.legs);
  const rows = await tx<
    { entry_id: string; fresh: boolean }[]
  >`select entry_id, fresh from ledger_post(${commandNo}, ${businessDate}, ${event}, ${cause}, ${reverses}, ${accounts}::text[], ${owners}::text[], ${debits}::bigint[], ${credits}::bigint[])`.catch(
    refused,
  );
  return posted(rows[0]);
}

export interface PostedOne {
  entry_id: string | null;
  fresh: boolean;
  fault: keyof typeof ledgerFaultCodes | null;
}

/** Any number of entries in one statement, each as if it stood alone; the answers are in their order. */
export function postMany(run: postgres.Sql | postgres.TransactionSql, postings: readonly Posting[]): PromiseLike<readonly PostedOne[]> {
  const legs = postings.map((one) => columnsOf(one.legs));
  const items = legs.flatMap((columns, i) => columns.accounts.map(() => i + 1));
  const text = (pick: (one: Posting) => string | null) => postings.map(pick);
  return run<PostedOne[]>`
    select entry_id, fresh, fault from ledger_post_many(${text((one) => one.commandNo)}::text[], ${text((one) => one.businessDate)}::text[], ${text((one) => one.event)}::text[],
      ${text((one) => one.cause)}::text[], ${text((one) => one.reverses ?? null)}::text[], ${items}::int[], ${legs.flatMap((one) => one.accounts)}::text[],
      ${legs.flatMap((one) => one.owners)}::text[], ${legs.flatMap((one) => one.debits)}::bigint[], ${legs.flatMap((one) => one.credits)}::bigint[]) order by item`;
}

/** The available quota of a merchant as somebody looked at it. Each posting adds to `lines`; messages and changes of what terminals are held to leave another `revision`. */
export interface QuotaAccount {
  id: number;
  balanceFen: number;
  lines: number;
  revision: number;
}
/** By merchant, in the order of their ids. */
export type HeldAccounts = readonly (readonly [merchantNo: string, account: Readonly<QuotaAccount>])[];
/** What a batch of postings is held to. */
export interface Standing {
  /** The transaction that must be the present one; null where the statement is the whole of it. */
  transaction: string | null;
  /** They must still be so, whether something is posted to them or not. */
  accounts: HeldAccounts;
  /** What they have afterwards: a number of this batch alone. */
  revision: number;
}
/** Part of a statement (`numbered`): posts entries of one day that must all stand; raises when one cannot. */
export const POSTING_BATCH =
  'ledger_post_batch(?, ?, #, ?::text[], #, ?::text[], ?::text[], ?::text[], ?::int[], ?::bigint[], ?::int[], ?::bigint[], ?, ?::int[], ?::int[], ?::bigint[], ?::bigint[])';
/** The parameters of `POSTING_BATCH`, in their order. */
export function postingBatch(date: string, postings: readonly Posting[], { transaction, accounts: known, revision }: Standing): Parameter[] {
  const legs = postings.map((one) => columnsOf(one.legs));
  const lines = {
    items: legs.flatMap((columns, i) => columns.accounts.map(() => i + 1)),
    debits: legs.flatMap((one) => one.debits),
    credits: legs.flatMap((one) => one.credits),
  };
  // Each account once, by the place where it was first named.
  const places = new Map<string, Place>();
  const placeOf = (account: string, owner: string, held: Readonly<QuotaAccount> | null = null) => {
    const key = `${account}/${owner}`;
    const one = places.get(key) ?? { place: places.size + 1, account, owner, held };
    places.set(key, one);
    return one.place;
  };
  for (const [merchantNo, held] of known) placeOf(QUOTA, merchantNo, held);
  const at = legs.flatMap(({ accounts, owners }) => accounts.map((account, i) => placeOf(account, owners[i] ?? '')));
  const accounts = [...places.values()];
  const text = (pick: (one: Posting) => string | null) => postings.map(pick);
  const held = (pick: (one: Readonly<QuotaAccount>) => number) => accounts.map((one) => one.held && pick(one.held));
  return [
    ...[
      transaction,
      date,
      joined(postings.map((one) => one.commandNo)),
      text((one) => one.event),
      joined(postings.map((one) => one.cause)),
      text((one) => one.reverses ?? null),
    ],
    ...[
      accounts.map((one) => one.account),
      accounts.map((one) => one.owner),
      held((one) => one.id),
      held((one) => one.balanceFen),
      held((one) => one.lines),
      held((one) => one.revision),
    ],
    ...[revision, lines.items, at, lines.debits, lines.credits],
  ];
}

interface Place {
  place: number;
  account: string;
  owner: string;
  held: Readonly<QuotaAccount> | null;
}

function posted(row: { entry_id: string; fresh: boolean } | undefined): Posted {
  if (!row) throw new Error('ledger_post answered nothing');
  return { entryId: Number(row.entry_id), fresh: row.fresh };
}

function refused(error: unknown): never {
  const seen = error as { code?: string; cause?: { code?: string } } | null;
  const code = seen?.code ?? seen?.cause?.code ?? '';
  if (Object.hasOwn(ledgerFaultCodes, code)) throw new LedgerRefusal(ledgerFaultCodes[code as keyof typeof ledgerFaultCodes]);
  throw error;
}

/** 开立额度账户 as part of a statement over `from` rows with a `merchant_no`. */
export const openingQuota = (requestNo: string, at: string) =>
  sql`ledger_open(${QUOTA}, merchant_no, ${requestNo}, ${at}::timestamptz, true), ledger_open(${FROZEN}, merchant_no, ${requestNo}, ${at}::timestamptz, true)`;

/** Closes a merchant's accounts; false while they hold something. */
export async function closeQuota(tx: Tx, merchantNo: string, at: Date): Promise<boolean> {
  const [row] = await tx.execute<{ closed: boolean }>(sql`select ledger_close(${merchantNo}, ${at.toISOString()}::timestamptz) as closed`);
  return row?.closed === true;
}

/** 日切: the day refuses postings from now on. */
export async function closeDay(tx: Tx, businessDate: string): Promise<void> {
  await tx.execute(sql`select ledger_close_day(${businessDate})`);
}

export const hasPosted = async (db: Reader, commandNo: string): Promise<boolean> =>
  (await db.execute(sql`select 1 from journal_entry where command_no = ${commandNo}`)).length > 0;

/** Whether an entry has been mirrored. */
export const isReversed = async (db: Reader, commandNo: string): Promise<boolean> =>
  (await db.execute(sql`select 1 from journal_entry where reverses = ${commandNo}`)).length > 0;

/** An account that is open. */
export const accountExists = async (db: Reader, code: string, owner: string): Promise<boolean> =>
  (await db.execute(sql`select 1 from ledger_account where code = ${code} and owner = ${owner} and closed_at is null`)).length > 0;

export interface Quota {
  /** Fen; balance = available + frozen. */
  available: number;
  frozen: number;
}

/** A merchant's quota, or null when it has no account yet. */
export async function findQuota(db: Reader, merchantNo: string): Promise<Quota | null> {
  const rows = await db.execute<{ code: string; fen: string }>(
    sql`select code, balance_fen as fen from ledger_account where owner = ${merchantNo} and code in (${QUOTA}, ${FROZEN})`,
  );
  if (rows.length === 0) return null;
  const of = (code: string) => Number(rows.find((row) => row.code === code)?.fen ?? 0);
  return { available: of(QUOTA), frozen: of(FROZEN) };
}

export interface EntryLine {
  commandNo: string;
  event: LedgerEvent;
  cause: string;
  businessDate: string;
  /** Epoch ms. */
  at: number;
  account: AccountCode;
  owner: string;
  debitFen: number;
  creditFen: number;
  beforeFen: number | null;
  afterFen: number | null;
}

const entryLines = (where: ReturnType<typeof sql>) => sql`
  select e.command_no as "commandNo", e.event, e.cause, e.business_date as "businessDate", (extract(epoch from e.at) * 1000)::float8 as at, a.code as account, a.owner,
    l.debit_fen::float8 as "debitFen", l.credit_fen::float8 as "creditFen", l.before_fen::float8 as "beforeFen", l.after_fen::float8 as "afterFen"
  from journal_entry e join journal_line l on l.entry_id = e.id join ledger_account a on a.id = l.account_id where ${where}`;

/** Entries of a request, statement or transaction, line by line in order. */
export async function entriesOf(db: Reader, cause: string): Promise<EntryLine[]> {
  return [
    ...(await db.execute<EntryLine & Record<string, unknown>>(
      sql`${entryLines(sql`(e.command_no = ${cause} or (e.cause = ${cause} and e.cause <> e.command_no))`)} order by e.id, l.n`,
    )),
  ];
}

/** The latest lines of a merchant's accounts, newest first. */
export async function linesOf(db: Reader, owner: string, limit: number): Promise<EntryLine[]> {
  return [
    ...(await db.execute<EntryLine & Record<string, unknown>>(
      sql`${entryLines(sql`a.owner = ${owner} and l.nth is not null`)} order by e.id desc, l.nth desc limit ${limit}`,
    )),
  ];
}

export interface TrialRow {
  account: AccountCode;
  owner: string;
  debitFen: number;
  creditFen: number;
}

/** 试算平衡: turnover of every account (merchants' as one) up to now. */
export async function trialBalance(db: Db): Promise<TrialRow[]> {
  const rows = await db.$client<TrialRow[]>`
    select a.code as account, case when a.balance_fen is null then a.owner else '' end as owner, coalesce(sum(l.debit_fen), 0)::float8 as "debitFen", coalesce(sum(l.credit_fen), 0)::float8 as "creditFen"
    from ledger_account a left join journal_line l on l.account_id = a.id group by 1, 2 order by 1, 2`;
  return [...rows];
}
