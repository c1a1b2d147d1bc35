-- pgrehearse: no-transaction
create index concurrently if not exists item_label_idx on public.item (label);
update public.item set price = price + 1;
