drop table public.price_change;
alter table public.item drop price_cents;
