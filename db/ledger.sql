-- The ledger: whatever moves money or opens an account is a function here, and nothing else can (see roles.sql). Amounts in fen.

drop function if exists ledger_post(text, text, text, text, jsonb, text);

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

-- The available quota of merchants, held until the end of the transaction: meanwhile nothing can post to it, nor change what the merchant's terminals are held to.
drop function if exists ledger_lock(text[]);
create or replace function ledger_hold(p_merchants text[]) returns table (merchant_no text, id int, fen bigint, lines int, revision bigint)
language sql security definer set search_path = public set enable_seqscan = off as $$
  select owner, id, balance_fen, lines, revision from ledger_account where code = '2241.10' and owner = any(p_merchants) and closed_at is null order by id for update
$$;

-- What the terminals of these merchants are held to changes in this transaction: whoever decided on what it was finds another revision, which nothing else ever has.
create or replace function ledger_revise(p_merchants text[]) returns void
language sql security definer set search_path = public set enable_seqscan = off as $$
  update ledger_account set revision = -pg_current_xact_id()::text::bigint where id in (select id from ledger_account where code = '2241.10' and owner = any(p_merchants) order by id for update)
$$;

-- Posts balanced entries, each once for its command, in the order given and each as if it stood alone: one that is refused leaves nothing, and the next goes on.
-- Lines lie flat in arrays, `p_items` naming the entry that each belongs to, from 1. Faults: ZL001 command_reused, ZL002 day_closed, ZL003 insufficient,
-- ZL004 unbalanced, ZL005 account_unknown, ZL006 account_closed.
create or replace function ledger_post_many(
  p_commands text[], p_dates text[], p_events text[], p_causes text[], p_reverses text[],
  p_items int[], p_accounts text[], p_owners text[], p_debits bigint[], p_credits bigint[])
returns table (item int, entry_id bigint, fresh boolean, fault text)
-- Accounts are few and change all the time: what is dead of them must never be read through.
language plpgsql security definer set search_path = public set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  v_ids int[]; v_names text[]; v_balances bigint[]; v_counts int[]; v_closed boolean[]; v_kept int;
  v_more_ids int[]; v_more_names text[]; v_more_closed boolean[];
  v_places int[];
  v_known text[]; v_known_content text[]; v_known_id bigint[];
  v_days text[];
  v_at int; v_line int := 1; v_from int; v_k int; v_sum bigint; v_n int; v_fault text; v_content text; v_place int; v_after bigint;
  v_tried bigint[]; v_tried_counts int[];
  -- What is to be written: entries by item, lines flat.
  e_item int[] := '{}'; e_content text[] := '{}';
  l_item int[] := '{}'; l_n int[] := '{}'; l_place int[] := '{}'; l_source int[] := '{}'; l_nth int[] := '{}'; l_after bigint[] := '{}';
  t_nth int[]; t_after bigint[];
  r_entry bigint[] := array_fill(null::bigint, array[cardinality(p_commands)]);
  r_fresh boolean[] := array_fill(false, array[cardinality(p_commands)]);
  r_fault text[] := array_fill(null::text, array[cardinality(p_commands)]);
  v_written int;
begin
  -- Accounts with a balance are locked in the order of their ids, so that two postings never wait for each other in a ring; the others are only added to.
  select array_agg(x.id), array_agg(x.code || '/' || x.owner), array_agg(x.balance_fen), array_agg(x.lines), array_agg(x.closed_at is not null)
    into v_ids, v_names, v_balances, v_counts, v_closed
  from (select a.id, a.code, a.owner, a.balance_fen, a.lines, a.closed_at from ledger_account a
        where (a.code, a.owner) in (select u.c, u.o from unnest(p_accounts, p_owners) u(c, o)) and a.balance_fen is not null order by a.id for update) x;
  v_kept := coalesce(cardinality(v_ids), 0);
  select array_agg(a.id), array_agg(a.code || '/' || a.owner), array_agg(a.closed_at is not null) into v_more_ids, v_more_names, v_more_closed
  from ledger_account a where (a.code, a.owner) in (select u.c, u.o from unnest(p_accounts, p_owners) u(c, o)) and a.balance_fen is null;
  v_ids := v_ids || v_more_ids;
  v_names := v_names || v_more_names;
  v_closed := v_closed || v_more_closed;
  select array_agg(array_position(v_names, u.c || '/' || u.o) order by u.k) into v_places from unnest(p_accounts, p_owners) with ordinality u(c, o, k);
  select array_agg(e.command_no), array_agg(e.content), array_agg(e.id) into v_known, v_known_content, v_known_id from journal_entry e where e.command_no = any(p_commands);
  perform pg_advisory_xact_lock_shared(20131103, d::int) from (select distinct unnest(p_dates) d order by 1) x;
  select array_agg(business_date) into v_days from ledger_day where business_date = any(p_dates);

  for v_k in 1 .. cardinality(p_commands) loop
    v_from := v_line;
    v_sum := 0; v_n := 0; v_fault := null;
    v_content := p_events[v_k] || '|' || p_causes[v_k] || '|' || coalesce(p_reverses[v_k], '');
    v_tried := v_balances; v_tried_counts := v_counts;
    t_nth := '{}'; t_after := '{}';
    while v_line <= cardinality(p_items) and p_items[v_line] = v_k loop
      v_place := v_places[v_line];
      v_content := v_content || '|' || p_accounts[v_line] || ' ' || p_owners[v_line] || ' ' || p_debits[v_line] || ' ' || p_credits[v_line];
      v_sum := v_sum + p_debits[v_line] - p_credits[v_line];
      v_n := v_n + 1;
      if v_place is null then v_fault := coalesce(v_fault, 'ZL005');
      elsif v_closed[v_place] then v_fault := coalesce(v_fault, 'ZL006');
      elsif v_place <= v_kept then
        v_tried[v_place] := v_tried[v_place] + p_credits[v_line] - p_debits[v_line];
        v_tried_counts[v_place] := v_tried_counts[v_place] + 1;
        if v_tried[v_place] < 0 then v_fault := coalesce(v_fault, 'ZL003'); end if;
        t_nth := t_nth || v_tried_counts[v_place];
        t_after := t_after || v_tried[v_place];
      else
        t_nth := t_nth || null::int;
        t_after := t_after || null::bigint;
      end if;
      v_line := v_line + 1;
    end loop;
    v_content := md5(v_content);
    v_at := array_position(v_known, p_commands[v_k]);
    if v_at is not null then
      -- Posted before: the first result stands, whatever the books say now.
      if v_known_content[v_at] = v_content then r_entry[v_k] := v_known_id[v_at]; else r_fault[v_k] := 'ZL001'; end if;
      continue;
    end if;
    if v_sum <> 0 or v_n < 2 then v_fault := coalesce(v_fault, 'ZL004'); end if;
    if p_dates[v_k] = any(v_days) then v_fault := 'ZL002'; end if;
    if v_fault is not null then r_fault[v_k] := v_fault; continue; end if;
    v_balances := v_tried; v_counts := v_tried_counts;
    e_item := e_item || v_k; e_content := e_content || v_content;
    for v_n in v_from .. v_line - 1 loop
      l_item := l_item || v_k; l_n := l_n || (v_n - v_from + 1); l_place := l_place || v_places[v_n]; l_source := l_source || v_n;
      l_nth := l_nth || t_nth[v_n - v_from + 1]; l_after := l_after || t_after[v_n - v_from + 1];
    end loop;
    r_fresh[v_k] := true;
    -- The same command once more in this batch is a repetition.
    v_known := v_known || p_commands[v_k]; v_known_content := v_known_content || v_content; v_known_id := v_known_id || null::bigint;
  end loop;

  if cardinality(e_item) > 0 then
    with written as (
      insert into journal_entry (command_no, content, event, cause, business_date, reverses)
      select p_commands[x.i], x.c, p_events[x.i], p_causes[x.i], p_dates[x.i], p_reverses[x.i] from unnest(e_item, e_content) x(i, c)
      on conflict (command_no) do nothing returning id, command_no
    ), named as (select w.id, x.i from written w join unnest(e_item) x(i) on p_commands[x.i] = w.command_no
    ), lined as (
      insert into journal_line (entry_id, n, account_id, debit_fen, credit_fen, nth, before_fen, after_fen)
      select named.id, l.n, v_ids[l.p], p_debits[l.s], p_credits[l.s], l.nth, l.a - p_credits[l.s] + p_debits[l.s], l.a
      from unnest(l_item, l_n, l_place, l_source, l_nth, l_after) l(i, n, p, s, nth, a) join named on named.i = l.i
    )
    select array_agg(named.id order by named.i), count(*) into v_known_id, v_written from named;
    -- Somebody else posted one of these commands just now, on accounts that need no lock: begin again.
    if v_written <> cardinality(e_item) then raise exception 'posted meanwhile' using errcode = '40001'; end if;
    for v_k in 1 .. cardinality(e_item) loop r_entry[e_item[v_k]] := v_known_id[v_k]; end loop;
    update ledger_account a set balance_fen = x.b, lines = x.c from unnest(v_ids[1:v_kept], v_balances, v_counts) x(id, b, c) where a.id = x.id and a.lines <> x.c;
    -- A repetition within the batch.
    for v_k in 1 .. cardinality(p_commands) loop
      if r_entry[v_k] is null and r_fault[v_k] is null then r_entry[v_k] := r_entry[array_position(p_commands, p_commands[v_k])]; end if;
    end loop;
  end if;
  return query select x.k::int, x.e, x.f, x.q from unnest(r_entry, r_fresh, r_fault) with ordinality x(e, f, q, k);
end $$;

-- Raises when the transaction that took the locks is over: a connection that was lost and made again is another one.
create or replace function still_in(p_transaction text) returns void
language plpgsql as $$
begin
  if pg_current_xact_id_if_assigned()::text is distinct from p_transaction then raise exception 'the transaction is over' using errcode = '40001'; end if;
end $$;

-- Posts entries of one day of which every one must stand, or none does. Raises what it cannot take.
-- `p_transaction` is the one that took the locks; null when the statement that calls this is the whole of it.
-- `p_accounts` and `p_owners` name each account once. Those that keep a balance come with what the caller decided on (id, balance, lines, revision; in the order of their ids) and must still be
-- so, whether anything is posted to them or not: then they are held until the end of the transaction, and have the revision `p_revision`, which must be a number (above 0) that no other batch has.
-- Of the others all this is null.
-- Lines lie flat in arrays in the order in which balances change, `p_items` naming the entry of each (ascending, from 1) and `p_places` its account.
drop function if exists ledger_post_batch(text, text, text[], text[], text[], text[], text[], text[], int[], int[], bigint[], bigint[]);
create or replace function ledger_post_batch(p_transaction text, p_date text, p_commands text[], p_events text[], p_causes text[], p_reverses text[],
  p_accounts text[], p_owners text[], p_ids int[], p_fens bigint[], p_lines int[], p_revisions bigint[], p_revision bigint, p_items int[], p_places int[], p_debits bigint[], p_credits bigint[]) returns void
language plpgsql security definer set search_path = public set enable_seqscan = off as $$
declare
  v_ids int[] := p_ids; v_balances bigint[] := p_fens; v_counts int[] := p_lines; v_id int; v_closed boolean; v_entries bigint[]; v_contents text[] := '{}';
  v_ns int[] := '{}'; v_nths int[] := '{}'; v_afters bigint[] := '{}'; v_place int; v_n int; v_sum bigint; v_content text; v_line int := 1; v_changed int;
begin
  if p_transaction is not null then perform still_in(p_transaction); end if;
  if 1 <> any(array[array_lower(p_accounts, 1), array_lower(p_owners, 1), array_lower(p_ids, 1), array_lower(p_fens, 1), array_lower(p_lines, 1), array_lower(p_revisions, 1)]) then
    raise exception 'arrays begin at 1' using errcode = 'ZL004';
  end if;
  if p_revision is null or p_revision <= 0 then raise exception 'a batch has a number' using errcode = 'ZL004'; end if;
  for v_k in 1 .. cardinality(p_commands) loop
    v_n := 0; v_sum := 0;
    v_content := p_events[v_k] || '|' || p_causes[v_k] || '|' || coalesce(p_reverses[v_k], '');
    while p_items[v_line] = v_k loop
      v_place := p_places[v_line];
      v_n := v_n + 1;
      v_sum := v_sum + p_debits[v_line] - p_credits[v_line];
      v_content := v_content || '|' || p_accounts[v_place] || ' ' || p_owners[v_place] || ' ' || p_debits[v_line] || ' ' || p_credits[v_line];
      -- Null where no balance is kept.
      v_balances[v_place] := v_balances[v_place] + p_credits[v_line] - p_debits[v_line];
      v_counts[v_place] := v_counts[v_place] + 1;
      v_ns[v_line] := v_n; v_nths[v_line] := v_counts[v_place]; v_afters[v_line] := v_balances[v_place];
      v_line := v_line + 1;
    end loop;
    if v_sum <> 0 or v_n < 2 then raise exception 'unbalanced' using errcode = 'ZL004'; end if;
    v_contents[v_k] := md5(v_content);
  end loop;
  if v_line <= cardinality(p_items) then raise exception 'a line without its entry' using errcode = 'ZL004'; end if;
  update ledger_account a set balance_fen = v_balances[k], lines = v_counts[k], revision = p_revision
    from unnest(p_ids) with ordinality x(id, k)
    where a.id = x.id and a.code = p_accounts[k] and a.owner = p_owners[k] and a.balance_fen = p_fens[k] and a.lines = p_lines[k] and a.revision = p_revisions[k] and a.closed_at is null;
  get diagnostics v_changed = row_count;
  -- Changed meanwhile, or named twice.
  if v_changed <> cardinality(array_remove(p_ids, null)) then raise exception 'not as it was' using errcode = '40001'; end if;
  v_closed := pg_advisory_xact_lock_shared(20131103, p_date::int) is null;
  if cardinality(p_commands) > 0 and exists (select from ledger_day where business_date = p_date) then raise exception 'day closed' using errcode = 'ZL002'; end if;
  for v_k in 1 .. cardinality(p_accounts) loop
    if p_ids[v_k] is null then
      select id, closed_at is not null into v_id, v_closed from ledger_account where code = p_accounts[v_k] and owner = p_owners[v_k] and balance_fen is null;
      if v_id is null then raise exception 'account unknown' using errcode = 'ZL005'; end if;
      if v_closed then raise exception 'account closed' using errcode = 'ZL006'; end if;
      v_ids[v_k] := v_id;
    end if;
  end loop;
  select array_agg(nextval('journal_entry_id_seq')) into v_entries from generate_series(1, cardinality(p_commands));
  insert into journal_entry (id, command_no, content, event, cause, business_date, reverses) overriding system value
    select v_entries[k], p_commands[k], v_contents[k], p_events[k], p_causes[k], p_date, p_reverses[k] from generate_series(1, cardinality(p_commands)) k;
  insert into journal_line (entry_id, n, account_id, debit_fen, credit_fen, nth, before_fen, after_fen)
    select v_entries[p_items[k]], v_ns[k], v_ids[p_places[k]], p_debits[k], p_credits[k], case when v_afters[k] is not null then v_nths[k] end, v_afters[k] - p_credits[k] + p_debits[k], v_afters[k]
    from generate_series(1, cardinality(p_items)) k;
end $$;

-- Posts one entry; raises its fault.
create or replace function ledger_post(p_command text, p_date text, p_event text, p_cause text, p_reverses text, p_accounts text[], p_owners text[], p_debits bigint[], p_credits bigint[])
returns table (entry_id bigint, fresh boolean)
language plpgsql security definer set search_path = public as $$
declare
  v_one record;
begin
  select * into v_one from ledger_post_many(array[p_command], array[p_date], array[p_event], array[p_cause], array[p_reverses],
    array_fill(1, array[cardinality(p_accounts)]), p_accounts, p_owners, p_debits, p_credits);
  if v_one.fault is not null then raise exception 'ledger refuses' using errcode = v_one.fault; end if;
  return query select v_one.entry_id, v_one.fresh;
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

-- Room in each page for the next version of its rows.
alter table ledger_account set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);

insert into ledger_account (code, owner, balance_fen, opened_by, opened_at)
select code, '', null, 'seed', now() from unnest(array['1002.02', '1221.01', '1221.02', '2241.20', '2241.21', '2202.01', '2202.02', '6001.01']) code
on conflict (code, owner) do nothing;
