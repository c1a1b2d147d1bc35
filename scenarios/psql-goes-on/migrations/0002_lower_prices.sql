set lock_timeout = '3s';
-- The cheapest items would cost nothing.
update public.item set price_cents = price_cents - 101;
alter table public.item alter column name set default '';
