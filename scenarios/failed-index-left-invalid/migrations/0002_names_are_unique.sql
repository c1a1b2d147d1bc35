-- pgrehearse: no-transaction
create unique index concurrently item_name_key on public.item (name);
