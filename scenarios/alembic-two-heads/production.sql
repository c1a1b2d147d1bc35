create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.alembic_version (version_num varchar(32) not null, constraint alembic_version_pkc primary key (version_num));
create table public.fund (
  id bigint generated always as identity primary key,
  name text not null
);

reset role;

insert into public.fund (name) select 'fund ' || g from generate_series(1, 200) g;
insert into public.alembic_version values ('0019');
