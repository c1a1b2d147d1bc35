create role crm_migrator login;
do $$ begin execute format('alter database %I owner to crm_migrator', current_database()); end $$;

set role crm_migrator;

create table public.schema_migrations (version text primary key);
create type public.state as enum ('active', 'banned');
create table public.customer (id integer primary key, email text not null, phone text not null);
create table public.account (id integer primary key, state public.state not null, remark text);
create table public.item (id integer primary key, place integer not null);
create table public.event (day integer not null, what text not null) partition by range (day);
create table public.event_old partition of public.event for values from (0) to (100);
create table public.event_new partition of public.event for values from (100) to (100000);

reset role;

insert into public.customer select g, 'c' || g || '@example.org', '+44 ' || g from generate_series(1, 300) g;
insert into public.account select g, (case when g % 3 = 0 then 'banned' else 'active' end)::public.state, 'remark ' || g from generate_series(1, 200) g;
insert into public.item select g, 201 - g from generate_series(1, 200) g;
insert into public.event select g, 'event ' || g from generate_series(0, 4999) g;
insert into public.schema_migrations values ('0001_start');
