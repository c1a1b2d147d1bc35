create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text
);
create table public.job (id bigint primary key, state text, asked integer);
grant select on public.item to shop_app;
grant select, insert, update on public.job to shop_app;
