// Importing a statement: all of it or nothing. Lines that are known already are not written again; the new ones must follow the balance that is known.
import { finished } from 'node:stream/promises';
import { desc, eq } from 'drizzle-orm';
import type postgres from 'postgres';
import { statementLegs } from '../workflows/rules/ledger.ts';
import type { Person } from '../workflows/rules/request.ts';
import { businessDate } from '../workflows/rules/time.ts';
import { auditIn } from './audit.ts';
import { bouncePayables, settlePayables } from './bank.ts';
import type { Db, Reader, Tx } from './connect.ts';
import { postIn } from './ledger.ts';
import { bankLayout, bankStatement } from './schema.ts';

export interface Imported {
  statementId: number;
  lines: number;
  fresh: number;
}

export interface StatementHead {
  accountNo: string;
  layout: string;
  lines: number;
  openingFen: number;
  closingFen: number;
}

/** Why a file that can be read is not taken: it does not follow the balance that is known (fen), holds a line twice, or was imported for another account. */
export class StatementGap extends Error {
  readonly why: 'gap' | 'twice' | 'other';
  readonly known: number | null;
  constructor(why: 'gap' | 'twice' | 'other', known: number | null = null) {
    super(why);
    this.why = why;
    this.known = known;
  }
}

const stage = `create temp table stage (n int, line_key text, direction text, booked_on text, booked_at text, amount_fen bigint, balance_fen bigint,
  party_name text, party_account_no text, party_bank text, note text, serial_no text) on commit drop`;

/** A chunk of lines as COPY takes them, oldest first unless `ascending` is false. */
export type WriteLines = (text: string, of: { accountNo: string; ascending: boolean }) => Promise<void>;

/** Who takes which file; `by` and `address` for the log. */
export interface FileTaken {
  sha256: string;
  fileName: string;
  importedBy: string;
  by?: Person;
  address?: string;
  at: Date;
}

/**
 * `fill` writes the lines and answers what the file says of itself; one that throws leaves nothing behind. Each chunk is put in its place while the next one
 * is still being read.
 */
export async function importStatement(db: Db, file: FileTaken, fill: (write: WriteLines) => Promise<StatementHead>): Promise<Imported> {
  return db.$client.begin(async (tx) => {
    await tx.unsafe(stage);
    const [drawn] = await tx<{ id: string }[]>`select nextval(pg_get_serial_sequence('bank_statement', 'id')) as id`;
    const statementId = Number(drawn?.id);
    let locked = false;
    const head = await fill(async (text, { accountNo, ascending }) => {
      if (!locked) await tx`select pg_advisory_xact_lock(hashtextextended(${`bank/${accountNo}`}, 0))`;
      locked = true;
      const copy = await tx`copy stage from stdin`.writable();
      copy.end(text);
      await finished(copy);
      await tx`insert into bank_line (statement_id, account_no, line_key, direction, booked_on, booked_at, amount_fen, balance_fen, party_name, party_account_no, party_bank, note, serial_no)
        select ${statementId}, ${accountNo}, line_key, direction, booked_on, booked_at, amount_fen, balance_fen, party_name, party_account_no, party_bank, note, serial_no
        from stage ${ascending ? tx`` : tx`order by n desc`} on conflict (account_no, line_key) do nothing`;
      await tx`truncate stage`;
    });
    const done = await conclude(tx, statementId, file, head);
    const { importedBy: code, by = { code, name: '' }, address = null, sha256, fileName } = file;
    const object = `BS${String(done.statementId).padStart(8, '0')}`;
    await auditIn(tx, { by, action: 'statement.imported', object, detail: { sha256, fileName, lines: done.lines, fresh: done.fresh }, address });
    return done;
  }) as Promise<Imported>;
}

async function conclude(
  tx: postgres.TransactionSql,
  statementId: number,
  file: { sha256: string; fileName: string; importedBy: string; at: Date },
  head: StatementHead,
): Promise<Imported> {
  const { accountNo, lines, openingFen, closingFen } = head;
  const at = file.at.toISOString();
  const [other] = await tx`select 1 from bank_statement where sha256 = ${file.sha256} and account_no <> ${accountNo} and fresh > 0`;
  if (other) throw new StatementGap('other');
  const [account] = await tx<{ balance: string }[]>`select balance_fen as balance from bank_account where account_no = ${accountNo}`;
  const [sums] = await tx<{ fresh: number; inbound: string; outbound: string; first: string | null; last: string | null }[]>`
    select count(*)::int as fresh, min(booked_on) as first, max(booked_on) as last, coalesce(sum(amount_fen) filter (where direction = 'in'), 0) as inbound, coalesce(sum(amount_fen) filter (where direction = 'out'), 0) as outbound
    from bank_line where statement_id = ${statementId}`;
  const { fresh, inbound, outbound } = { fresh: sums?.fresh ?? 0, inbound: Number(sums?.inbound), outbound: Number(sums?.outbound) };
  // What is new must lead from the balance that is known to the one the file ends with; then nothing is missing and nothing twice.
  const known = account ? Number(account.balance) : openingFen;
  if (!account && fresh < lines) throw new StatementGap('twice');
  if (fresh > 0 && known + inbound - outbound !== closingFen) throw new StatementGap('gap', known);
  if (account && fresh > 0 && (await knownOtherwise(tx, statementId, accountNo, [sums?.first ?? '', sums?.last ?? '']))) throw new StatementGap('twice');
  const rows = await tx<{ id: string }[]>`
    insert into bank_statement (id, sha256, file_name, account_no, layout, lines, fresh, opening_fen, closing_fen, first_on, last_on, imported_by, at) overriding system value
    values (${statementId}, ${file.sha256}, ${file.fileName}, ${accountNo}, ${head.layout}, ${lines}, ${fresh}, ${openingFen}, ${closingFen}, ${sums?.first ?? null}, ${sums?.last ?? null}, ${file.importedBy}, ${at})
    on conflict (sha256, account_no) do update set file_name = bank_statement.file_name returning id`;
  if (fresh === 0) return { statementId: Number(rows[0]?.id), lines, fresh };
  await tx`insert into bank_account (account_no, name, balance_fen, updated_at) values (${accountNo}, '', ${closingFen}, ${at})
    on conflict (account_no) do update set balance_fen = excluded.balance_fen, updated_at = excluded.updated_at`;
  await book(tx, statementId, accountNo, { opening: account ? 0 : openingFen, inbound, outbound }, file);
  return { statementId, lines, fresh };
}

/**
 * The same movement has another key in a layout that tells more or less of it (number, time, account). Movements that cancel each other would pass the
 * balance, so a new line that is like a known one in day, direction, amount, balance and, where both tell it, time, and that tells other things, is refused.
 * Only statements with a day in common can know it.
 */
async function knownOtherwise(tx: postgres.TransactionSql, statementId: number, accountNo: string, [first, last]: [string, string]): Promise<boolean> {
  const others = await tx<{ id: string }[]>`
    select id from bank_statement where account_no = ${accountNo} and fresh > 0 and (first_on is null or (first_on <= ${last} and last_on >= ${first}))`;
  if (others.length === 0) return false;
  const told = (line: string) => tx.unsafe(`(${line}.serial_no <> '', ${line}.booked_at <> '', ${line}.party_account_no <> '')`);
  const [same] = await tx`select 1 from bank_line f join bank_line o on o.account_no = f.account_no and o.booked_on = f.booked_on and o.direction = f.direction
      and o.amount_fen = f.amount_fen and o.balance_fen = f.balance_fen and o.statement_id = any(${others.map((one) => one.id)}::bigint[])
    where f.statement_id = ${statementId} and o.booked_on between ${first} and ${last} and f.account_no = ${accountNo} and ${told('f')} <> ${told('o')} and (f.booked_at = o.booked_at or '' in (f.booked_at, o.booked_at)) limit 1`;
  return same !== undefined;
}

/** One entry for the statement: what came in waits as 待确认来账, what went out settles what was owed or becomes 待查往账. */
async function book(
  tx: postgres.TransactionSql,
  statementId: number,
  accountNo: string,
  sums: { opening: number; inbound: number; outbound: number },
  file: { importedBy: string; at: Date },
): Promise<void> {
  const first = await settlePayables(tx, statementId, file.at);
  const back = await bouncePayables(tx, statementId, file.at);
  // What came back may have been paid once more in the same statement.
  const paid = first + (back > 0 ? await settlePayables(tx, statementId, file.at) : 0);
  await tx`select ledger_open('1002.01', ${accountNo}, ${file.importedBy}, ${file.at.toISOString()}::timestamptz, false)`;
  const cause = `BS${String(statementId).padStart(8, '0')}`;
  const legs = statementLegs(accountNo, { opening: sums.opening, inbound: sums.inbound - back, back, settled: paid, unknown: sums.outbound - paid });
  await postIn(tx, { commandNo: cause, event: 'statement', cause, businessDate: businessDate(file.at.getTime()), legs });
}

export const statements = (db: Reader, limit: number) => db.select().from(bankStatement).orderBy(desc(bankStatement.id)).limit(limit);

export const layouts = (db: Reader) => db.select().from(bankLayout).orderBy(bankLayout.name);

/** A layout that finance mapped; false when there is one of that name, which stays as it is. */
export async function keepLayout(tx: Tx, row: typeof bankLayout.$inferInsert): Promise<boolean> {
  return (await tx.insert(bankLayout).values(row).onConflictDoNothing().returning({ name: bankLayout.name })).length === 1;
}

export async function findStatement(db: Reader, sha256: string): Promise<typeof bankStatement.$inferSelect | null> {
  const [row] = await db.select().from(bankStatement).where(eq(bankStatement.sha256, sha256));
  return row ?? null;
}
