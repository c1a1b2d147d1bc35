create or replace view public.priced as
select i.id, i.name, i.price_cents from public.item i where i.price_cents > 0;
