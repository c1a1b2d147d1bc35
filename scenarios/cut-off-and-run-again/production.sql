create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  label text not null,
  price integer not null
);

reset role;

insert into public.item (label, price) select 'item ' || g, g from generate_series(1, 300) g;
insert into public.schema_migrations values ('0001_start');
