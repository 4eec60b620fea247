// Importing a statement: all of it or nothing. Lines that are known already are not written again; the new ones must follow the balance that is known.
import { finished } from 'node:stream/promises';
import { desc, eq } from 'drizzle-orm';
import type postgres from 'postgres';
import { statementLegs } from '../workflows/rules/ledger.ts';
import { businessDate } from '../workflows/rules/time.ts';
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
  /** Oldest line first. */
  ascending: boolean;
}

/** The new lines do not follow the last balance that is known: a statement is missing in between. */
export class StatementGap extends Error {
  readonly known: number;
  constructor(known: number) {
    super('gap');
    this.known = known;
  }
}

const stage = `create temp table stage (n int, line_key text, direction text, booked_on text, booked_at text, amount_fen bigint, balance_fen bigint,
  party_name text, party_account_no text, party_bank text, note text, serial_no text) on commit drop`;

/** `fill` writes the lines as COPY takes them and answers what the file says of itself; one that throws leaves nothing behind. */
export async function importStatement(
  db: Db,
  file: { sha256: string; fileName: string; importedBy: string; at: Date },
  fill: (write: (text: string) => Promise<void>) => Promise<StatementHead>,
): Promise<Imported> {
  return db.$client.begin(async (tx) => {
    await tx.unsafe(stage);
    const copy = await tx`copy stage from stdin`.writable();
    const head = await fill(async (text) => {
      if (!copy.write(text)) await new Promise((resolve) => copy.once('drain', resolve));
    }).catch(async (error) => {
      copy.destroy(error as Error);
      throw error;
    });
    copy.end();
    await finished(copy);
    await tx`analyze stage`;
    return take(tx, file, head);
  }) as Promise<Imported>;
}

async function take(
  tx: postgres.TransactionSql,
  file: { sha256: string; fileName: string; importedBy: string; at: Date },
  head: StatementHead,
): Promise<Imported> {
  const { accountNo, ascending } = head;
  const at = file.at.toISOString();
  await tx`select pg_advisory_xact_lock(hashtextextended(${`bank/${accountNo}`}, 0))`;
  const [account] = await tx<{ balance: string }[]>`select balance_fen as balance from bank_account where account_no = ${accountNo}`;
  // In the order of time; `known` lines were imported before.
  await tx`create temp table fresh on commit drop as
    select s.*, row_number() over (order by s.n * ${ascending ? 1 : -1}) as place from stage s
    where not exists (select 1 from bank_line b where b.account_no = ${accountNo} and b.line_key = s.line_key)`;
  const [counted] = await tx<{ fresh: number; doubled: number; opening: string | null; closing: string | null }[]>`
    select count(*)::int as fresh, (count(*) - count(distinct line_key))::int as doubled,
      (select balance_fen - case direction when 'in' then amount_fen else -amount_fen end from fresh order by place limit 1) as opening,
      (select balance_fen from fresh order by place desc limit 1) as closing from fresh`;
  const fresh = counted?.fresh ?? 0;
  if ((counted?.doubled ?? 0) > 0) throw new StatementGap(-1);
  if (fresh > 0 && account && Number(account.balance) !== Number(counted?.opening)) throw new StatementGap(Number(account.balance));
  const [statement] = await tx<{ id: string }[]>`
    insert into bank_statement (sha256, file_name, account_no, layout, lines, fresh, opening_fen, closing_fen, imported_by, at)
    values (${file.sha256}, ${file.fileName}, ${accountNo}, ${head.layout}, ${head.lines}, ${fresh}, ${head.openingFen}, ${head.closingFen}, ${file.importedBy}, ${at})
    on conflict (sha256, account_no) do update set file_name = bank_statement.file_name returning id`;
  const statementId = Number(statement?.id);
  if (fresh === 0) return { statementId, lines: head.lines, fresh };
  await tx`insert into bank_account (account_no, name, balance_fen, updated_at) values (${accountNo}, '', ${counted?.closing ?? 0}, ${at})
    on conflict (account_no) do update set balance_fen = excluded.balance_fen, updated_at = excluded.updated_at`;
  await tx`insert into bank_line (statement_id, account_no, line_key, direction, booked_on, booked_at, amount_fen, balance_fen, party_name, party_account_no, party_bank, note, serial_no)
    select ${statementId}, ${accountNo}, line_key, direction, booked_on, booked_at, amount_fen, balance_fen, party_name, party_account_no, party_bank, note, serial_no from fresh order by place`;
  await book(tx, statementId, accountNo, account ? 0 : Number(counted?.opening), file);
  return { statementId, lines: head.lines, fresh };
}

/** One entry for the statement: what came in waits as 待确认来账, what went out settles what was owed or becomes 待查往账. */
async function book(
  tx: postgres.TransactionSql,
  statementId: number,
  accountNo: string,
  opening: number,
  file: { importedBy: string; at: Date },
): Promise<void> {
  const paid = await settlePayables(tx, statementId, file.at);
  const back = await bouncePayables(tx, statementId, file.at);
  const [sums] = await tx<{ inbound: string; outbound: string }[]>`
    select coalesce(sum(amount_fen) filter (where direction = 'in'), 0) as inbound, coalesce(sum(amount_fen) filter (where direction = 'out'), 0) as outbound
    from bank_line where statement_id = ${statementId}`;
  await tx`select ledger_open('1002.01', ${accountNo}, ${file.importedBy}, ${file.at.toISOString()}::timestamptz, false)`;
  const cause = `BS${String(statementId).padStart(8, '0')}`;
  const legs = statementLegs(accountNo, { opening, inbound: Number(sums?.inbound) - back, back, settled: paid, unknown: Number(sums?.outbound) - paid });
  await postIn(tx, { commandNo: cause, event: 'statement', cause, businessDate: businessDate(file.at.getTime()), legs });
}

export const statements = (db: Reader, limit: number) => db.select().from(bankStatement).orderBy(desc(bankStatement.id)).limit(limit);

export const layouts = (db: Reader) => db.select().from(bankLayout).orderBy(bankLayout.name);

/** A layout that finance mapped; one of the same name is replaced. */
export async function keepLayout(tx: Tx, row: typeof bankLayout.$inferInsert): Promise<void> {
  const { columns, madeBy, at } = row;
  await tx.insert(bankLayout).values(row).onConflictDoUpdate({ target: bankLayout.name, set: { columns, madeBy, at } });
}

export async function findStatement(db: Reader, sha256: string): Promise<typeof bankStatement.$inferSelect | null> {
  const [row] = await db.select().from(bankStatement).where(eq(bankStatement.sha256, sha256));
  return row ?? null;
}
