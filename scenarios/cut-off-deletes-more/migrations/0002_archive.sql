-- pgrehearse: no-transaction
begin;
delete from public.basket b using public.item i where i.id = b.item_id and i.archived;
update public.item set archived = true where stock = 0;
commit;
create index concurrently if not exists item_label_idx on public.item (label);
