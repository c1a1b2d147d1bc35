create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null default 0 check (price_cents >= 0)
);
create table public.price_change (item_id bigint not null references public.item, at timestamptz not null default now());
create index item_name on public.item (name);
