-- The role that every process of the application works as: it may not touch the ledger but by its functions, nor change what the audit log says.
do $$ begin
  create role zhangfang_app nologin;
exception when duplicate_object or unique_violation then null;
end $$;
do $$ begin
  execute format('grant zhangfang_app to %I', current_user);
exception when others then null;
end $$;
grant usage on schema public to zhangfang_app;
grant select, insert, update, delete on all tables in schema public to zhangfang_app;
grant usage, select on all sequences in schema public to zhangfang_app;
revoke insert, update, delete on ledger_account, journal_entry, journal_line, ledger_day from zhangfang_app;
revoke update, delete on audit_log from zhangfang_app;
revoke execute on function ledger_open, ledger_hold, ledger_revise, ledger_close, ledger_post, ledger_post_many, ledger_post_batch, ledger_close_day from public;
grant execute on function ledger_open, ledger_hold, ledger_revise, ledger_close, ledger_post, ledger_post_many, ledger_post_batch, ledger_close_day to zhangfang_app;
revoke update, delete on daily_balance, day_end, daily_total, report_day from zhangfang_app;
