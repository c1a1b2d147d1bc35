create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  title text
);
grant select on public.item to shop_app;
