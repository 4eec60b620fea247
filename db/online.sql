-- 联机业务: what a batch of terminals' messages reads under the locks of its merchants, and what it leaves. Decided in between (workflows/rules/online.ts).

-- Reads only, and every statement sees what others committed while the locks were waited for. Numbers in fen, moments in epoch ms; accounts and turnovers as text, which costs half of what JSON does.
drop function if exists online_facts(text[], text[], text[], int[], int[], bigint[], text[], text[], text);
create or replace function online_scene(p_merchants text[], p_terminals text[], p_key_terminals text[], p_key_batches int[], p_key_traces int[],
  p_sent bigint[], p_senders text[], p_nonces text[], p_today text) returns json
language plpgsql as $$
declare
  v_accounts text; v_merchants json; v_terminals json; v_txns json; v_turnovers text; v_hits bigint[]; v_originals bigint[]; v_policies json; v_closed boolean; v_used json; v_ids json;
  v_owners text[] := array(select 'M' || m from unnest(p_merchants) m union all select 'T' || t from unnest(p_terminals) t); v_mark text;
begin
  -- Merchant, id, fen, lines, revision.
  select string_agg(concat_ws(' ', merchant_no, id, fen, lines, revision), ',') into v_accounts from ledger_hold(p_merchants);
  select json_agg(x) into v_merchants from (
    select merchant_no as no, status, fee_ppm as "feePpm", fee_cap_fen as "feeCapFen", single_limit_fen as single, daily_limit_fen as daily, monthly_limit_fen as monthly
    from merchant where merchant_no = any(p_merchants::bpchar[])) x;
  select json_agg(x) into v_terminals from (
    select t.terminal_no as no, t.merchant_no as "merchantNo", t.status, t.permitted, t.business_hours as hours, t.single_limit_fen as single, t.daily_limit_fen as daily,
      s.key_no as "keyNo", s.batch_no as "batchNo", extract(epoch from s.signed_on_at) * 1000 as "signedOnMs"
    from terminal t left join terminal_session s on s.terminal_no = t.terminal_no::text where t.terminal_no = any(p_terminals::bpchar[])) x;
  -- Each key's transaction and 冲正, and the transaction that those belong to; of new messages there is nothing yet.
  select array_agg(x.id), array_agg(x.original_id) into v_hits, v_originals from unnest(p_key_terminals, p_key_batches, p_key_traces) k(t, b, n)
    cross join lateral (select id, original_id from terminal_txn where terminal_no = k.t and batch_no = k.b and trace_no = k.n limit 2) x;
  if v_hits is not null then
    select json_agg(json_build_object('id', id, 'merchantNo', merchant_no, 'terminalNo', terminal_no, 'batchNo', batch_no, 'traceNo', trace_no, 'type', type, 'code', code, 'state', state,
        'amountFen', amount_fen, 'feeFen', fee_fen, 'refundedFen', refunded_fen, 'refundedFeeFen', refunded_fee_fen, 'originalId', original_id, 'businessDate', business_date,
        'at', extract(epoch from at) * 1000, 'content', content, 'answer', answer)) into v_txns
      from terminal_txn where id = any(v_hits || v_originals);
  end if;
  -- Owner, day, count, fen, month, count, fen.
  select string_agg(concat_ws(' ', owner, day, day_count, day_fen, month, month_count, month_fen), ',') into v_turnovers
    from turnover where owner = any(v_owners);
  select json_object_agg(key, value), string_agg(xmin::text, ' ' order by key) into v_policies, v_mark from policy where key like 'limit.%' or key like 'refund.%' or key like 'terminal.%';
  perform pg_advisory_xact_lock_shared(20131103, p_today::int);
  v_closed := exists (select from ledger_day where business_date = p_today);
  -- One by one through the index: as a join, a plan made while the table was empty reads all of it for each message.
  select json_agg(s || '/' || t || '/' || n) into v_used from unnest(p_sent, p_senders, p_nonces) u(s, t, n)
    cross join lateral (select from terminal_nonce where at_ms = s and terminal_no = t and nonce = n limit 1) x;
  select json_agg(nextval('terminal_txn_id_seq')) into v_ids from generate_series(1, cardinality(p_sent));
  return json_build_object('accounts', v_accounts, 'merchants', v_merchants, 'terminals', v_terminals, 'txns', v_txns, 'turnovers', v_turnovers, 'policies', v_policies, 'policyMark', v_mark, 'closed', v_closed,
    'used', v_used, 'ids', v_ids, 'transaction', pg_current_xact_id()::text);
end $$;

-- Raises ZL008 unless the parameters are still those that a lane remembers, and the day that of its decisions and open. The statement that calls this, once it holds what it decided on, must be a
-- transaction of its own: it is answered as soon as it is done. Those of several statements are marked as deferrable, which means nothing else in them.
drop function if exists online_still(text[], text[], text[], text, text, text[], int[], int[]);
create or replace function online_still(p_today text, p_policies text) returns void
language plpgsql as $$
begin
  if current_setting('transaction_deferrable') = 'on' then raise exception 'inside a transaction' using errcode = '40001'; end if;
  -- Who waited for long is looked at with the clock of now; who waited behind another statement, at least not under yesterday's date.
  if p_policies is distinct from (select string_agg(xmin::text, ' ' order by key) from policy where key like 'limit.%' or key like 'refund.%' or key like 'terminal.%')
    or clock_timestamp() - statement_timestamp() > interval '5 seconds' or to_char(clock_timestamp() at time zone 'Asia/Shanghai', 'YYYYMMDD') <> p_today
    or exists (select from ledger_day where business_date = p_today) then
    raise exception 'changed meanwhile' using errcode = 'ZL008';
  end if;
end $$;

-- What the terminals of a merchant are held to is its row, theirs, and their sessions: whoever changes one of these holds the merchant's quota until the end of the transaction, and leaves
-- it with another revision, as every batch of messages does. So one look at that account tells whether all is as it was. Whoever holds it and falls silent must not do so for long.
create or replace function online_revised() returns trigger
language plpgsql as $$
declare
  v_merchants text[];
begin
  if TG_OP = 'INSERT' then v_merchants := array(select distinct merchant_no::text from fresh);
  elsif TG_OP = 'DELETE' then v_merchants := array(select distinct merchant_no::text from past);
  else v_merchants := array(select merchant_no::text from past union select merchant_no::text from fresh); end if;
  perform set_config('idle_in_transaction_session_timeout', '10s', true);
  perform ledger_revise(v_merchants);
  return null;
end $$;
do $$
declare
  v_new record;
begin
  for v_new in select * from (values
    ('merchant_updated', 'merchant', 'update', 'old table as past new table as fresh'), ('terminal_updated', 'terminal', 'update', 'old table as past new table as fresh'),
    ('terminal_deleted', 'terminal', 'delete', 'old table as past'), ('session_inserted', 'terminal_session', 'insert', 'new table as fresh'),
    ('session_updated', 'terminal_session', 'update', 'old table as past new table as fresh'), ('session_deleted', 'terminal_session', 'delete', 'old table as past')) x(name, place, event, seen)
  loop
    -- Made once: it would wait for whoever writes there, and they for it.
    if not exists (select from pg_trigger where tgname = v_new.name and tgrelid = v_new.place::regclass) then
      execute format('create trigger %I after %s on %I referencing %s for each statement execute function online_revised()', v_new.name, v_new.event, v_new.place, v_new.seen);
    end if;
  end loop;
end $$;

-- Transactions that were decided, and what was counted towards limits: the columns as arrays. Originals that changed, log and exceptions, which are rare, as JSON or null.
-- `p_transaction` is the one that took the locks; null when the statement that calls this is the whole of it, for which every nonce must be new.
create or replace function online_write(p_transaction text, p_ids bigint[], p_terminals text[], p_batches int[], p_traces int[], p_merchants text[], p_types text[], p_codes text[], p_states text[], p_amounts bigint[], p_nets bigint[],
  p_fees bigint[], p_refunded bigint[], p_refunded_fees bigint[], p_originals bigint[], p_reasons text[], p_card_masks text[], p_card_hashes text[], p_date text, p_at bigint, p_balances bigint[], p_contents text[], p_answers text[],
  p_owners text[], p_months text[], p_days text[], p_day_counts int[], p_day_fens bigint[], p_month_counts int[], p_month_fens bigint[], p_sent bigint[], p_senders text[], p_nonces text[], p_marks json, p_messages json, p_exceptions json) returns void
language plpgsql as $$
begin
  if p_transaction is not null then perform still_in(p_transaction); end if;
  -- What was decided from memory knows of no 冲正 that came before it: one that is kept under its key, by whatever web, bars it.
  if p_transaction is null and exists (select from generate_series(1, cardinality(p_ids)) k
      cross join lateral (select from terminal_txn where terminal_no = p_terminals[k] and batch_no = p_batches[k] and trace_no = p_traces[k] and reversal limit 1) x) then
    raise exception 'a key is known' using errcode = 'ZL008';
  end if;
  insert into terminal_txn (id, terminal_no, batch_no, trace_no, reversal, merchant_no, type, code, state, amount_fen, net_fen, fee_fen, refunded_fen, refunded_fee_fen, original_id, reason,
    card_mask, card_hash, business_date, at, balance_fen, content, answer)
  select p_ids[k], p_terminals[k], p_batches[k], p_traces[k], p_types[k] = 'reversal', p_merchants[k], p_types[k], p_codes[k], p_states[k], p_amounts[k], p_nets[k], p_fees[k], p_refunded[k],
    p_refunded_fees[k], p_originals[k], p_reasons[k], p_card_masks[k], p_card_hashes[k], p_date, to_timestamp(p_at / 1000.0), p_balances[k], p_contents[k], p_answers[k]
  from generate_series(1, cardinality(p_ids)) k;
  insert into turnover as t (owner, day, day_count, day_fen, month, month_count, month_fen, seen_at)
  select p_owners[k], p_days[k], p_day_counts[k], p_day_fens[k], p_months[k], p_month_counts[k], p_month_fens[k], now() from generate_series(1, cardinality(p_owners)) k
  on conflict (owner) do update set day = excluded.day, day_count = excluded.day_count, day_fen = excluded.day_fen, month = excluded.month, month_count = excluded.month_count,
    month_fen = excluded.month_fen, seen_at = excluded.seen_at;
  if p_transaction is null then
    -- One that is known is there under its key.
    insert into terminal_nonce (at_ms, terminal_no, nonce) select p_sent[k], p_senders[k], p_nonces[k] from generate_series(1, cardinality(p_sent)) k;
  else
    insert into terminal_nonce (at_ms, terminal_no, nonce) select p_sent[k], p_senders[k], p_nonces[k] from generate_series(1, cardinality(p_sent)) k on conflict do nothing;
  end if;
  if p_marks is not null then
    update terminal_txn x set state = u.state, refunded_fen = u."refundedFen", refunded_fee_fen = u."refundedFeeFen"
    from json_to_recordset(p_marks) u(id bigint, state text, "refundedFen" bigint, "refundedFeeFen" bigint) where x.id = u.id;
  end if;
  if p_messages is not null or p_exceptions is not null then perform online_log(p_messages, p_exceptions); end if;
end $$;

create or replace function online_log(p_messages json, p_exceptions json) returns void
language sql as $$
  insert into terminal_message (terminal_no, batch_no, trace_no, type, code, at, repeats)
  select "terminalNo", "batchNo", "traceNo", type, code, to_timestamp(at / 1000), repeats
  from json_to_recordset(p_messages) u("terminalNo" text, "batchNo" int, "traceNo" int, type text, code text, at float8, repeats boolean);
  insert into terminal_exception (terminal_no, batch_no, trace_no, why, amount_fen, at)
  select "terminalNo", "batchNo", "traceNo", why, "amountFen", to_timestamp(at / 1000)
  from json_to_recordset(p_exceptions) u("terminalNo" text, "batchNo" int, "traceNo" int, why text, "amountFen" bigint, at float8);
$$;

-- A nonce counts once; false when it was used before. Those whose messages would not be taken any more are forgotten by forget_nonces.
create or replace function take_nonce(p_sent bigint, p_sender text, p_nonce text) returns boolean
language plpgsql as $$
begin
  insert into terminal_nonce (at_ms, terminal_no, nonce) values (p_sent, p_sender, p_nonce) on conflict do nothing;
  return found;
end $$;
create or replace function forget_nonces(p_before bigint) returns void
language sql as $$ delete from terminal_nonce where at_ms < p_before $$;

-- Room in each page for the next version of its rows.
alter table turnover set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
