set lock_timeout = '2s';
alter table public.invoice add column due_on date;
update public.invoice set due_on = issued_on + 30;
analyze public.invoice;
