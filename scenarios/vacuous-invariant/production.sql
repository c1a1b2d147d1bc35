create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create table public.note (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  body text not null
);
grant select on public.note to shop_app;

reset role;

-- No row yet: whatever the policy lets through, nothing comes.
insert into public.schema_migrations values ('0001_start');
