create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.vat (country text primary key, percent integer not null);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null check (price_cents > 0),
  country text not null references public.vat
);
grant select, insert on public.item to shop_app;
grant select, insert on public.vat to shop_app;

reset role;

insert into public.vat values ('DE', 19), ('FR', 20);
insert into public.item (name, price_cents, country) select 'item ' || g, 100 + g, 'FR' from generate_series(1, 200) g;
insert into public.schema_migrations values ('0001_start');
