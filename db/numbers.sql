-- 商户编号: one request has one number; what a record uses is never free again.

-- Frees the number of a request, unless a record uses it.
create or replace function release_number(p_request text) returns void
language sql as $$
  delete from reserved_number r where r.request_no = p_request and not exists (select from merchant m where m.merchant_no = r.merchant_no)
$$;

-- Reserves a number for a request, which gives up the one it held before; whether it is the request's now.
create or replace function reserve_number(p_merchant text, p_request text) returns boolean
language plpgsql as $$
declare
  v_holder text := (select request_no from reserved_number where merchant_no = p_merchant::bpchar);
begin
  if v_holder is not null then return v_holder = p_request; end if;
  perform release_number(p_request);
  insert into reserved_number (merchant_no, request_no) values (p_merchant, p_request) on conflict do nothing;
  -- When somebody was faster it may have been a second click of the same request, whose number it then is.
  return found or exists (select from reserved_number where merchant_no = p_merchant::bpchar and request_no = p_request);
end $$;
