set lock_timeout = '2s';
begin;
alter table public.invoice add column due_on date;
update public.invoice set due_on = issued_on + 30;
commit;
analyze public.invoice;
