create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  price integer
);
grant select on public.item to shop_app;
create table public.note (id bigint generated always as identity primary key, item_id bigint not null, body text not null);
grant select on public.note to shop_app;
