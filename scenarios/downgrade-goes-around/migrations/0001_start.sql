create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null
);
