create table public.schema_migrations (version text primary key);
create schema attic;
create table public.pair (id integer primary key, first text not null, last text not null);
create table public.stock (id integer primary key, pieces integer not null);
grant usage on schema attic to shop_app;
grant select, insert on public.pair, public.stock to shop_app;
