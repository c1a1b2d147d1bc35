-- revert shop:app/price to pg

begin;

alter table public.price drop column cents;

commit;
