create table public.schema_migrations (version text primary key);
create table public.invoice (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  total_cents integer not null
);
alter table public.invoice enable row level security;
create policy tenant_isolation on public.invoice to shop_app using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
create policy tenant_writes on public.invoice for insert to shop_app with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::integer);
grant select, insert on public.invoice to shop_app;
