set lock_timeout = '2s';
alter table public.item add column title text;
