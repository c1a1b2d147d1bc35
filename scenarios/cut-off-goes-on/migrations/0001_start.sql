create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  label text not null,
  price integer not null
);
