create index concurrently item_name_idx on public.item (name);
