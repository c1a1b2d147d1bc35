create role shop_migrator login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

-- The list of applied migrations is there, and nobody ever wrote into it.
create table public.schema_migrations (version text primary key);
create type public.item_state as enum ('new', 'sold');
create table public.item (
  id bigserial primary key,
  name text not null,
  state public.item_state not null default 'new',
  price_cents integer not null default 0 constraint item_price_check check (price_cents >= 0)
);
create index item_name_idx on public.item (name);

reset role;

insert into public.item (name, price_cents) select 'item ' || g, g from generate_series(1, 200) g;
