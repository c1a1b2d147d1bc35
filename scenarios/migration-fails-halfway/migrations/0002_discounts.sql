-- pgrehearse: no-transaction
alter table public.item add column discount_percent integer;
update public.item set discount_percent = 10 where price_cents > 500;
alter table public.item alter column discount_percent set not null;
create index concurrently item_discount_idx on public.item (discount_percent);
