-- pgrehearse: no-transaction
drop index concurrently public.item_name;
