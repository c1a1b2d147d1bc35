create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null unique,
  price_cents integer not null
);
create table public.invoice (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  item_id bigint not null references public.item
);
alter table public.invoice enable row level security;
alter table public.invoice force row level security;
create policy of_tenant on public.invoice to shop_app using (tenant_id = current_setting('app.tenant_id')::integer);
grant select, insert on public.item, public.invoice to shop_app;

reset role;

insert into public.item (name, price_cents) select 'item ' || g, 100 + g from generate_series(1, 1500) g;
insert into public.invoice (tenant_id, item_id) select 1 + g % 5, 1 + g % 1500 from generate_series(1, 100) g;
insert into public.schema_migrations values ('0001_start');
