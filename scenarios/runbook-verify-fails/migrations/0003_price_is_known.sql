create index item_price on public.item (price);
