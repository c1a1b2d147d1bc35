set local lock_timeout = '1s';
alter table public.item add column weight_grams integer;
