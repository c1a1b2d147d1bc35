create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  code text not null,
  name text,
  constraint item_code_key unique (code)
);
create table public.stock (id bigint primary key);
