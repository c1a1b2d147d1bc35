set local lock_timeout = '2s';
alter table public.item rename column price_cents to price_in_cents;
