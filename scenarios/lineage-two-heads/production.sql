create role shop_migrator login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.alembic_version (version_num varchar(32) not null constraint alembic_version_pkc primary key);
create table public.item (id bigint generated always as identity primary key, name text not null);

reset role;

insert into public.item (name) select 'item ' || g from generate_series(1, 100) g;
insert into public.alembic_version values ('0001_start');
