create table public.schema_migrations (version text primary key);
create table public.item (
  id bigint generated always as identity primary key,
  label text not null,
  price integer not null
);
create index item_label_idx on public.item (label);
create table public.note (
  id bigint generated always as identity primary key,
  item_id bigint not null references public.item,
  body text not null
);
create index note_item_idx on public.note (item_id);
