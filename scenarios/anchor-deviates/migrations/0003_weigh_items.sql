set lock_timeout = '2s';
alter table public.item add weight_g integer;
