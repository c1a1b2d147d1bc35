create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_in_cents integer not null,
  weight_grams integer
);
create table public.label (id bigint generated always as identity primary key, name text not null, code text not null);
grant select, insert, update on public.item, public.label to shop_app;
revoke update on public.item from shop_app;
