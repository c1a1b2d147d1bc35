create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  code text not null,
  label text
);
create index item_code on public.item (code);
