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

reset role;

insert into public.item (name, price_cents) select 'item ' || g, 100 + g from generate_series(1, 500) g;
insert into public.schema_migrations values ('0001_start');
