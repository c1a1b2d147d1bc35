create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null
);
create index item_name_idx on public.item (name);
create table public.label (id bigint generated always as identity primary key, name text not null);
grant select, insert, update on public.item, public.label to shop_app;
