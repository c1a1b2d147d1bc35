create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.customer (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  email text not null
);
alter table public.customer enable row level security;
alter table public.customer force row level security;
create policy tenant_isolation on public.customer using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
grant select on public.customer to shop_app;

reset role;

insert into public.customer (tenant_id, email) select 1 + g % 5, 'C' || g || '@Example.com' from generate_series(1, 300) g;
insert into public.schema_migrations values ('0001_start');
