-- The ledger: whatever moves money or opens an account is a function here, and nothing else can (see roles.sql). Amounts in fen.

create or replace function ledger_open(p_code text, p_owner text, p_by text, p_at timestamptz, p_kept boolean) returns void
language sql security definer set search_path = public as $$
  insert into ledger_account (code, owner, balance_fen, opened_by, opened_at)
  values (p_code, p_owner, case when p_kept then 0 end, p_by, p_at) on conflict (code, owner) do nothing
$$;

-- Closes the accounts of an owner; false when one of them still holds something.
create or replace function ledger_close(p_owner text, p_at timestamptz) returns boolean
language plpgsql security definer set search_path = public as $$
begin
  perform 1 from ledger_account where owner = p_owner order by id for update;
  if exists (select 1 from ledger_account where owner = p_owner and balance_fen > 0) then return false; end if;
  update ledger_account set closed_at = p_at where owner = p_owner and closed_at is null;
  return true;
end $$;

-- Posts one balanced entry, once for each command. Lines: [{"a": account, "o": owner, "d": debit, "c": credit}].
-- Raises ZL001 command_reused, ZL002 day_closed, ZL003 insufficient, ZL004 unbalanced, ZL005 account_unknown, ZL006 account_closed.
create or replace function ledger_post(p_command text, p_date text, p_event text, p_cause text, p_lines jsonb, p_reverses text)
returns table (entry_id bigint, fresh boolean)
language plpgsql security definer set search_path = public as $$
declare
  v_content text := md5(p_event || '|' || p_cause || '|' || p_lines::text || '|' || coalesce(p_reverses, ''));
  v_entry bigint;
  v_known text;
  v_sum bigint := 0;
  v_count int := 0;
  v_after bigint;
  v_nth int;
  v_line record;
begin
  insert into journal_entry (command_no, content, event, cause, business_date, reverses)
  values (p_command, v_content, p_event, p_cause, p_date, p_reverses) on conflict (command_no) do nothing returning id into v_entry;
  if v_entry is null then
    select e.id, e.content into v_entry, v_known from journal_entry e where e.command_no = p_command;
    if v_known <> v_content then raise exception 'command_reused' using errcode = 'ZL001'; end if;
    return query select v_entry, false;
    return;
  end if;
  perform pg_advisory_xact_lock_shared(20131103, p_date::int);
  if exists (select 1 from ledger_day where business_date = p_date) then raise exception 'day_closed' using errcode = 'ZL002'; end if;
  -- In the order of accounts, so that two postings never wait for each other in a ring.
  for v_line in
    select l.n, l.d, l.c, a.id as account, a.balance_fen is not null as kept, a.closed_at
    from (select ordinality as n, value->>'a' as a, coalesce(value->>'o', '') as o, coalesce((value->>'d')::bigint, 0) as d, coalesce((value->>'c')::bigint, 0) as c
          from jsonb_array_elements(p_lines) with ordinality) l
    left join ledger_account a on a.code = l.a and a.owner = l.o order by a.id, l.n
  loop
    if v_line.account is null then raise exception 'account_unknown' using errcode = 'ZL005'; end if;
    if v_line.closed_at is not null then raise exception 'account_closed' using errcode = 'ZL006'; end if;
    v_sum := v_sum + v_line.d - v_line.c;
    v_count := v_count + 1;
    v_after := null;
    v_nth := null;
    if v_line.kept then
      update ledger_account set balance_fen = balance_fen + v_line.c - v_line.d, lines = lines + 1
      where id = v_line.account and closed_at is null and balance_fen + v_line.c - v_line.d >= 0 returning balance_fen, lines into v_after, v_nth;
      if v_after is null then raise exception 'insufficient' using errcode = 'ZL003'; end if;
    end if;
    insert into journal_line (entry_id, n, account_id, debit_fen, credit_fen, nth, before_fen, after_fen)
    values (v_entry, v_line.n, v_line.account, v_line.d, v_line.c, v_nth, v_after - v_line.c + v_line.d, v_after);
  end loop;
  if v_sum <> 0 or v_count < 2 then raise exception 'unbalanced' using errcode = 'ZL004'; end if;
  return query select v_entry, true;
end $$;

-- Closes a day for good. Waits for postings of that day that are under way.
create or replace function ledger_close_day(p_date text) returns void
language plpgsql security definer set search_path = public as $$
begin
  perform pg_advisory_xact_lock(20131103, p_date::int);
  insert into ledger_day (business_date, closed_at) values (p_date, now()) on conflict do nothing;
end $$;

create or replace function ledger_stands() returns trigger language plpgsql as $$
begin
  raise exception 'a journal entry never changes; a correction is a reversing entry' using errcode = 'ZL007';
end $$;
create or replace trigger journal_entry_stands before update or delete or truncate on journal_entry for each statement execute function ledger_stands();
create or replace trigger journal_line_stands before update or delete or truncate on journal_line for each statement execute function ledger_stands();

insert into ledger_account (code, owner, balance_fen, opened_by, opened_at)
select code, '', null, 'seed', now() from unnest(array['1002.02', '1221.01', '1221.02', '2241.20', '2241.21', '2202.01', '2202.02', '6001.01']) code
on conflict (code, owner) do nothing;
