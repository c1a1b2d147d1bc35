set lock_timeout = '2s';
alter table public.invoice add column token uuid not null default gen_random_uuid();
analyze public.invoice;
