set lock_timeout = '2s';
alter table public.item rename column name to title;
