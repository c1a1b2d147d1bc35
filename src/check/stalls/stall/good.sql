set lock_timeout = '2s';
select pg_sleep(0.25);
alter table public.customer add column vat_number text;
