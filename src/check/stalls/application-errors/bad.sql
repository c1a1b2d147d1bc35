set lock_timeout = '2s';
alter table public.customer alter column country type varchar(2);
