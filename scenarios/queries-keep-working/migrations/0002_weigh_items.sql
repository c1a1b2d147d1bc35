set local lock_timeout = '2s';
alter table public.item add column weight_grams integer;
