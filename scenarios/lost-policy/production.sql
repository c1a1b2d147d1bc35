create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.invoice (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  total_cents integer not null
);
alter table public.invoice enable row level security;
create policy tenant_isolation on public.invoice to shop_app using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
create policy tenant_writes on public.invoice for insert to shop_app with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
grant select, insert on public.invoice to shop_app;

reset role;

insert into public.invoice (tenant_id, total_cents) select 1 + g % 5, 100 * g from generate_series(1, 200) g;
insert into public.schema_migrations values ('0001_start');
