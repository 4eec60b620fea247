// Whether the books hold: what `npm run ledger:check` and the trial balance page ask.
import type { Db } from './connect.ts';

/** Sentences about what does not hold; none when all is well. Asked in one snapshot, so that postings under way do not look like faults. */
export async function ledgerFaults(db: Db): Promise<string[]> {
  return db.$client.begin('isolation level repeatable read read only', async (tx) => {
    const faults: string[] = [];
    const ask = async (name: string, rows: PromiseLike<readonly { what: string }[]>) => {
      for (const { what } of await rows) faults.push(`${name}: ${what}`);
    };
    await ask(
      'entry does not balance',
      tx`select e.command_no as what from journal_entry e left join journal_line l on l.entry_id = e.id group by e.id having coalesce(sum(l.debit_fen - l.credit_fen), 1) <> 0`,
    );
    await ask(
      'line without its entry or account',
      tx`select l.entry_id || '/' || l.n as what from journal_line l where not exists (select 1 from journal_entry e where e.id = l.entry_id) or not exists (select 1 from ledger_account a where a.id = l.account_id)`,
    );
    await ask(
      'balance is not the sum of its lines',
      tx`select a.code || ' ' || a.owner as what from ledger_account a left join journal_line l on l.account_id = a.id where a.balance_fen is not null
        group by a.id having a.balance_fen <> coalesce(sum(l.credit_fen - l.debit_fen), 0) or a.lines <> count(l.n)`,
    );
    await ask(
      'lines of an account do not follow each other',
      tx`select code || ' ' || owner || ' line ' || coalesce(nth, 0) as what from (
          select a.code, a.owner, l.nth, l.before_fen, row_number() over w as place, lag(l.after_fen, 1, 0) over w as prior
          from journal_line l join ledger_account a on a.id = l.account_id where a.balance_fen is not null window w as (partition by l.account_id order by l.nth)) x
        where before_fen <> prior or nth is distinct from place`,
    );
    await ask(
      '1002.01 is not the bank’s last balance',
      tx`select b.account_no || ': bank ' || b.balance_fen || ', books ' || coalesce(s.fen, 0) as what from bank_account b
        left join (select a.owner, sum(l.debit_fen - l.credit_fen) as fen from ledger_account a join journal_line l on l.account_id = a.id where a.code = '1002.01' group by a.owner) s on s.owner = b.account_no
        where b.balance_fen <> coalesce(s.fen, 0)`,
    );
    await ask(
      '2241.20 is not the sum of open lines',
      tx`select 'lines ' || lines.fen || ', books ' || books.fen as what from
        (select coalesce(sum(b.amount_fen), 0) as fen from bank_line b left join bank_line_use u on u.line_id = b.id where b.direction = 'in' and (u.state is null or u.state = 'reserved')) lines,
        (select coalesce(sum(l.credit_fen - l.debit_fen), 0) as fen from ledger_account a join journal_line l on l.account_id = a.id where a.code = '2241.20'
          and not exists (select 1 from journal_entry e where e.id = l.entry_id and e.event = 'adjustment')) books where lines.fen <> books.fen`,
    );
    await ask(
      'effective request without its entry',
      tx`select request_no as what from request r where state = 'effective' and kind in ('topUp', 'topUpVoid', 'quotaRefund', 'lineReturn', 'adjustment')
        and not exists (select 1 from journal_entry e where e.command_no = r.request_no)`,
    );
    await ask(
      'entry without its cause',
      tx`select e.command_no || ' ' || e.cause as what from journal_entry e where not exists (select 1 from request r where r.request_no = e.cause)
        and not exists (select 1 from bank_statement s where 'BS' || lpad(s.id::text, 8, '0') = e.cause) and e.event in ('statement', 'topUp', 'topUpVoid', 'refundFrozen', 'refundReleased', 'refundOwed', 'lineReturn', 'adjustment')`,
    );
    await ask(
      'entry of a request that is not effective',
      tx`select e.command_no as what from journal_entry e join request r on r.request_no = e.command_no where r.state <> 'effective'`,
    );
    await ask(
      'transaction without its entry, or of another amount',
      tx`select x.key as what from (select terminal_no || '/' || lpad(batch_no::text, 6, '0') || '/' || lpad(trace_no::text, 6, '0') || case when reversal then 'R' else '' end as key, merchant_no, net_fen, sign(net_fen) * fee_fen as fee from terminal_txn where net_fen <> 0) x
        left join journal_entry e on e.command_no = x.key left join journal_line l on l.entry_id = e.id and l.account_id = (select id from ledger_account where code = '2241.10' and owner = x.merchant_no)
        where l.debit_fen - l.credit_fen is distinct from x.net_fen + x.fee`,
    );
    await ask(
      'entry without its transaction',
      tx`select e.command_no as what from journal_entry e where e.event in ('purchase', 'void', 'refund', 'reversal') and not exists (
        select 1 from terminal_txn x where x.net_fen <> 0 and x.terminal_no = split_part(e.command_no, '/', 1) and x.batch_no::text = ltrim(split_part(e.command_no, '/', 2), '0')
          and x.trace_no::text = ltrim(rtrim(split_part(e.command_no, '/', 3), 'R'), '0') and x.reversal = (right(e.command_no, 1) = 'R'))`,
    );
    return faults;
  }) as Promise<string[]>;
}
