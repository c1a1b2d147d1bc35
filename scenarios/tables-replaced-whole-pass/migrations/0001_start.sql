create table public.schema_migrations (version text primary key);
create type public.state as enum ('active', 'banned');
create table public.customer (id integer primary key, email text not null, active boolean not null);
create table public.account (id integer primary key, owner integer not null, state public.state not null);
create table public.event (day integer not null, what text not null);
