create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  price integer
);
grant select on public.item to shop_app;
insert into public.item (tenant_id, price) select n % 3, case when n % 4 = 0 then null else n end from generate_series(1, 12) n;
insert into public.schema_migrations values ('0001_start');

reset role;
