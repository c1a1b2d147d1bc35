update public.item set price_cents = price_cents + 1 where price_cents > 200;
alter table public.item add column raised boolean;
