set lock_timeout = '2s';
alter table public.invoice alter column issued_on type timestamptz;
analyze public.invoice;
