create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  label text not null,
  price integer not null,
  colour text
);
create index item_label_idx on public.item (label);
