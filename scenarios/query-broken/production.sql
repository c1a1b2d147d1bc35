create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null
);
create index item_name_idx on public.item (name);
create table public.label (id bigint generated always as identity primary key, name text not null);
grant select, insert, update on public.item, public.label to shop_app;

reset role;

insert into public.item (name, price_cents) select 'item ' || g, 100 + g from generate_series(1, 5000) g;
analyze public.item;
insert into public.schema_migrations values ('0001_start');
