-- revert shop:app/price to pg

begin;

drop table public.price;

commit;
