set lock_timeout = '2s';
begin;
alter table public.customer add column vat_number text;
-- stands for something slow that needs no lock on customers
select pg_sleep(0.25);
commit;
