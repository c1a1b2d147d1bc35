set local lock_timeout = '2s';
alter table public.item add column weight_grams integer;
alter table public.item add constraint item_price_not_negative check (price_cents >= 0);
create index item_name_idx on public.item (name);
