create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text
);
create table public.job (id bigint primary key, state text, asked integer);
grant select on public.item to shop_app;
grant select, insert, update on public.job to shop_app;

reset role;

insert into public.item (name) select 'item ' || g from generate_series(1, 300) g;
insert into public.schema_migrations values ('0001_start');
