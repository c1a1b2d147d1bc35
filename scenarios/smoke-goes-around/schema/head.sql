create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null constraint item_price_not_negative check (price_cents >= 0),
  weight_grams integer
);
create index item_name_idx on public.item (name);
