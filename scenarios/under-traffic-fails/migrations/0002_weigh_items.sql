set local lock_timeout = '1s';
alter table public.item rename column price_cents to price_in_cents;
alter table public.item add column weight_grams integer;
