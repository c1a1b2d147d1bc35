-- deploy shop:app/price to pg

begin;

alter table public.price add column cents bigint;

commit;
