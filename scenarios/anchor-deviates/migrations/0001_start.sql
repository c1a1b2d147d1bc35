create type public.item_state as enum ('new', 'sold');
create table public.item (
  id bigserial primary key,
  name text not null,
  state public.item_state not null default 'new'
);
create index item_name_idx on public.item (name);
