set lock_timeout = '2s';
alter table public.item add price_cents integer not null default 0 constraint item_price_check check (price_cents >= 0);
