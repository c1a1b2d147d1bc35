create role crm_migrator login;
do $$ begin execute format('alter database %I owner to crm_migrator', current_database()); end $$;

set role crm_migrator;

create table public.schema_migrations (version text primary key);
create type public.state as enum ('active', 'banned');
create table public.customer (id integer primary key, email text not null, active boolean not null);
create table public.account (id integer primary key, owner integer not null, state public.state not null);
create table public.event (day integer not null, what text not null);

reset role;

insert into public.customer select g, 'c' || g || '@example.org', true from generate_series(1, 300) g;
insert into public.account select g, g % 50, (case when g % 3 = 0 then 'banned' else 'active' end)::public.state from generate_series(1, 200) g;
insert into public.event select g, 'event ' || g from generate_series(1, 400) g;
insert into public.schema_migrations values ('0001_start');
