-- pgrehearse: no-transaction
create table public.note (
  id bigint generated always as identity primary key,
  item_id bigint not null references public.item,
  body text not null
);
create index note_item_idx on public.note (item_id);
