create table public.schema_migrations (version text primary key);
create type public.state as enum ('active', 'banned');
create table public.customer (id integer primary key, email text not null, phone text not null);
create table public.account (id integer primary key, state public.state not null, remark text);
create table public.item (id integer primary key, place integer not null);
create table public.event (day integer not null, what text not null) partition by range (day);
create table public.event_old partition of public.event for values from (0) to (100);
create table public.event_new partition of public.event for values from (100) to (100000);
