-- pgrehearse: no-transaction
create index concurrently item_name on public.item (name);
