create table public.schema_migrations (version text primary key);
create table public.customer (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  email text not null
);
alter table public.customer enable row level security;
alter table public.customer force row level security;
create policy tenant_isolation on public.customer using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
grant select on public.customer to shop_app;
