create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.fund (id bigint generated always as identity primary key, name text not null);
create table public.price (id bigint generated always as identity primary key, amount numeric not null);

reset role;

insert into public.fund (name) select 'fund ' || g from generate_series(1, 200) g;
insert into public.price (amount) select g from generate_series(1, 200) g;
