create role shop_migrator login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public._sqlx_migrations (
  version bigint primary key,
  description text not null,
  installed_on timestamptz not null default now(),
  success boolean not null,
  checksum bytea not null,
  execution_time bigint not null
);
create table public.item (id bigint generated always as identity primary key, name text not null);

reset role;

insert into public.item (name) select 'item ' || g from generate_series(1, 500) g;
insert into public._sqlx_migrations (version, description, success, checksum, execution_time)
values (1, 'items', true, sha384(E'create table public.item (id bigint generated always as identity primary key, name text not null);\n'), 1000000);
