set lock_timeout = '2s';
begin;
alter table public.customer add column vat_number text;
-- stands for something slow that needs no lock on customers: here, until somebody has waited for two seconds
do $$
begin
  while not exists (select from pg_locks where relation = 'public.customer'::regclass and waitstart < clock_timestamp() - interval '2 s') loop
    perform pg_sleep(0.05);
  end loop;
end $$;
commit;
