set local lock_timeout = '2s';

-- begin broken-balance
update public.account a
set balance_cents = coalesce((
  select sum(l.amount_cents)
  from public.ledger_entry l
  where l.account_id = a.id and l.payment_id is null
), 0);
-- end broken-balance

create function public.post_to_accounts() returns trigger
language plpgsql
as $$
begin
  update public.account a
  set balance_cents = a.balance_cents + p.amount_cents
  from (select account_id, sum(amount_cents) as amount_cents from posted group by account_id) p
  where a.id = p.account_id;
  return null;
end
$$;
create trigger ledger_entry_post after insert on public.ledger_entry
  referencing new table as posted
  for each statement execute function public.post_to_accounts();

create or replace view public.trial_balance with (security_invoker = true) as
select tenant_id, id as account_id, code, balance_cents
from public.account;
