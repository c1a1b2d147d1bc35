create role shop_migrator login;
create role shop_app login;
do $$ begin execute format('alter database %I owner to shop_migrator', current_database()); end $$;

set role shop_migrator;

create table public.schema_migrations (version text primary key);
create schema app;
grant usage on schema app to shop_app;
create table public.note (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  body text not null
);
grant select on public.note to shop_app;
alter table public.note enable row level security;
create policy note_of_tenant on public.note using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
insert into public.note (tenant_id, body) values (1, 'ours'), (1, 'ours too'), (2, 'theirs');
insert into public.schema_migrations values ('0001_start');

reset role;
