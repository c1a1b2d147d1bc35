alter table public.item rename column price_cents to price_in_cents;
