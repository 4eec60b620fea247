-- What the reports are made of. Reads only, but for keep_totals, which keeps what a closed day came to. Amounts in fen, quota = available and frozen together.

-- The name that a merchant had at a moment.
create or replace function merchant_name_at(p_merchant text, p_at timestamptz) returns text
language sql stable as $$
  select coalesce((select form ->> 'merchantName' from merchant_version where merchant_no = p_merchant::bpchar and effective_at <= p_at order by version desc limit 1),
    (select name from merchant where merchant_no = p_merchant::bpchar), '')
$$;
create or replace function end_of_day(p_day text) returns timestamptz
language sql immutable as $$ select (to_date(p_day, 'YYYYMMDD') + 1)::timestamp at time zone 'Asia/Shanghai' $$;
-- What state a request was in at a moment, as its events tell; null when it was not there yet.
create or replace function request_state_at(p_request text, p_at timestamptz) returns text
language sql stable as $$
  select case event ->> 'type' when 'amended' then 'submitted' when 'effectRefused' then 'submitted' when 'retried' then 'approved' when 'submissionRefused' then 'returned' else event ->> 'type' end
  from request_event where request_no = p_request and at < p_at and event ->> 'type' in
    ('submitted', 'amended', 'approved', 'effectRefused', 'retried', 'failed', 'returned', 'submissionRefused', 'rejected', 'withdrawn', 'expired', 'abandoned', 'effective')
  order by seq desc limit 1
$$;
-- The amount that it asked for then: what it asks for now, or what the first later amendment of the amount changed.
create or replace function request_fen_at(p_request text, p_now bigint, p_at timestamptz) returns bigint
language sql stable as $$
  select coalesce((select case when typed ~ '^[0-9]+([.][0-9]{1,2})?$' then (typed::numeric * 100)::bigint end
    from (select replace(event -> 'changes' -> 'amount' ->> 0, ',', '') as typed from request_event
      where request_no = p_request and at >= p_at and event ->> 'type' = 'amended' and event -> 'changes' ? 'amount' order by seq limit 1) e), p_now)
$$;
create or replace function day_before(p_day text) returns text
language sql immutable as $$ select to_char(to_date(p_day, 'YYYYMMDD') - 1, 'YYYYMMDD') $$;

-- Quota of merchants at the end of a day: as kept, or for a day that is not settled the present one less what was posted later.
create or replace function quota_at(p_day text, p_merchant text) returns table (merchant_no text, fen bigint)
language plpgsql stable as $$
begin
  if exists (select from day_end where business_date >= p_day) then
    return query
      select a.owner, sum(b.closing_fen)::bigint from ledger_account a
        cross join lateral (select closing_fen from daily_balance d where d.account_id = a.id and d.business_date <= p_day order by d.business_date desc limit 1) b
      where a.code in ('2241.10', '2241.11') and (p_merchant = '' or a.owner = p_merchant) group by 1;
  else
    return query
      with later as (
        select l.account_id, sum(l.credit_fen - l.debit_fen) as fen from journal_entry e join journal_line l on l.entry_id = e.id
        where e.business_date > p_day and l.nth is not null group by 1)
      select a.owner, sum(a.balance_fen - coalesce(later.fen, 0))::bigint from ledger_account a left join later on later.account_id = a.id
      where a.code in ('2241.10', '2241.11') and (p_merchant = '' or a.owner = p_merchant) group by 1;
  end if;
end $$;

-- What a day came to for each merchant that did something on it, from transactions and from entries that no terminal made; opening and closing from the ledger.
create or replace function day_totals(p_day text, p_merchant text) returns setof daily_total
language plpgsql stable as $$
declare
  v_from bigint := coalesce((select max(last_txn) from report_day where business_date < p_day), 0) - 10000;
begin
  return query
  with online as (
    select x.merchant_no as m, count(*) filter (where type = 'purchase' and net_fen <> 0) as pc, sum(net_fen) filter (where type = 'purchase') as pf,
      count(*) filter (where type = 'void' and net_fen <> 0) as vc, sum(net_fen) filter (where type = 'void') as vf,
      count(*) filter (where type = 'reversal' and net_fen <> 0) as rc, sum(net_fen) filter (where type = 'reversal') as rf,
      count(*) filter (where type = 'refund' and net_fen <> 0) as bc, sum(net_fen) filter (where type = 'refund') as bf,
      sum(sign(net_fen) * fee_fen) as fee, count(*) filter (where net_fen = 0) as declined
    from terminal_txn x where x.business_date = p_day and x.id > v_from and (p_merchant = '' or x.merchant_no = p_merchant) group by 1
  ), office as (
    select a.owner as m, sum(l.credit_fen - l.debit_fen) filter (where e.event in ('topUp', 'topUpVoid')) as topped, sum(l.debit_fen - l.credit_fen) filter (where e.event = 'refundOwed') as refunded,
      sum(l.credit_fen - l.debit_fen) filter (where e.event = 'adjustment') as adjusted
    from journal_entry e join journal_line l on l.entry_id = e.id join ledger_account a on a.id = l.account_id
    where e.business_date = p_day and e.event not in ('purchase', 'void', 'refund', 'reversal') and a.code in ('2241.10', '2241.11') and (p_merchant = '' or a.owner = p_merchant) group by 1
  ), short as (
    -- What a void could not take back from the quota is owed (1221.01): the top-ups lose the whole amount, as their rows say, and the adjustments carry the rest.
    select r.merchant_no as m, sum(l.debit_fen) as fen from journal_entry e join request r on r.request_no = e.command_no join journal_line l on l.entry_id = e.id join ledger_account a on a.id = l.account_id
    where e.business_date = p_day and e.event = 'topUpVoid' and a.code = '1221.01' and (p_merchant = '' or r.merchant_no = p_merchant) group by 1
  ), opening as (select * from quota_at(day_before(p_day), p_merchant)), closing as (select * from quota_at(p_day, p_merchant))
  select p_day::char(8), m, coalesce(pc, 0)::int, coalesce(pf, 0)::bigint, coalesce(vc, 0)::int, coalesce(vf, 0)::bigint, coalesce(rc, 0)::int, coalesce(rf, 0)::bigint, coalesce(bc, 0)::int, coalesce(bf, 0)::bigint,
    coalesce(fee, 0)::bigint, coalesce(declined, 0)::int, (coalesce(topped, 0) - coalesce(short.fen, 0))::bigint, coalesce(refunded, 0)::bigint, (coalesce(adjusted, 0) + coalesce(short.fen, 0))::bigint, coalesce(opening.fen, 0), coalesce(closing.fen, 0)
  from online full join office using (m) full join short using (m) left join opening on opening.merchant_no = m left join closing on closing.merchant_no = m;
end $$;

-- Closed days as they were kept, the others as they are now.
create or replace function totals_between(p_from text, p_until text, p_merchant text) returns setof daily_total
language plpgsql stable as $$
declare
  v_kept text := coalesce((select max(business_date) from report_day), '');
  v_open text := case when v_kept = '' then least((select business_date::text from journal_entry order by id limit 1), (select business_date from terminal_txn order by id limit 1)) else to_char(to_date(v_kept, 'YYYYMMDD') + 1, 'YYYYMMDD') end;
  v_first text := greatest(v_open, p_from);
  -- A web's clock may be ahead of ours.
  v_last text := least(p_until, to_char(now() at time zone 'Asia/Shanghai' + interval '1 day', 'YYYYMMDD'));
begin
  if p_merchant = '' then return query select * from daily_total where business_date between p_from and p_until;
  else return query select * from daily_total where business_date between p_from and p_until and merchant_no = p_merchant; end if;
  return query
    select t.* from generate_series(to_date(v_first, 'YYYYMMDD'), to_date(v_last, 'YYYYMMDD'), interval '1 day') d
      cross join lateral day_totals(to_char(d, 'YYYYMMDD'), p_merchant) t where v_open is not null;
end $$;

-- Keeps what a closed day came to, once.
create or replace function keep_totals(p_day text) returns void
language plpgsql as $$
begin
  if exists (select from report_day where business_date = p_day) then return; end if;
  insert into daily_total select * from day_totals(p_day, '');
  insert into report_day (business_date, first_txn, last_txn, kept_at)
  select p_day, min(id), max(id), now() from terminal_txn where business_date = p_day;
end $$;

-- Days that were settled before their totals were kept.
do $$
declare v_day text;
begin
  for v_day in select d.business_date from day_end d where not exists (select from report_day r where r.business_date = d.business_date) order by 1 loop
    perform keep_totals(v_day);
  end loop;
end $$;

-- Entries that no terminal made, by day.
create index if not exists journal_entry_office on journal_entry (business_date) where event not in ('purchase', 'void', 'refund', 'reversal');
