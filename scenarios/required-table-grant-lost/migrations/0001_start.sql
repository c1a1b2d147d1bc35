create table public.schema_migrations (version text primary key);
create table public.vat (country text primary key, percent integer not null);
create table public.item (
  id bigint generated always as identity primary key,
  name text not null,
  price_cents integer not null check (price_cents > 0),
  country text not null references public.vat
);
grant select, insert on public.item to shop_app;
grant select, insert on public.vat to shop_app;
