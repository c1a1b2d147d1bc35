-- pgrehearse: no-transaction
drop index concurrently if exists public.item_label_idx;
create index concurrently item_label_idx on public.item (label);
