alter table public.item add constraint item_price_not_negative check (price_cents >= 0) not valid;
