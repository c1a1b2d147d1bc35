-- pgrehearse: no-transaction
update public.item set price = price + 1;
