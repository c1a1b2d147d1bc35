create role shop_migrator login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.note (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  body text not null
);
insert into public.note (tenant_id, body) values (1, 'ours'), (2, 'theirs');
insert into public.schema_migrations values ('0001_start');

reset role;
