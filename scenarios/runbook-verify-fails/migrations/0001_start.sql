create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  price integer
);
grant select on public.item to shop_app;
