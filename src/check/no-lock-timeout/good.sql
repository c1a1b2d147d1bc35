set lock_timeout = '2s';
alter table public.customer add column vat_number text;
