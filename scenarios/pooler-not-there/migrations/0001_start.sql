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
