create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create schema attic;
create table public.pair (id integer primary key, first text not null, last text not null);
create table public.stock (id integer primary key, pieces integer not null);
grant usage on schema attic to shop_app;
grant select, insert on public.pair, public.stock to shop_app;

reset role;

alter role shop_app set search_path = attic, public;
insert into public.pair select g, 'f' || g, 'l' || g from generate_series(1, 300) g;
insert into public.stock select g, g from generate_series(1, 300) g;
insert into public.schema_migrations values ('0001_start');
