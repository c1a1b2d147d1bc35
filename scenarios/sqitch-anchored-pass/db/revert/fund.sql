-- revert shop:fund to pg

begin;

drop table public.fund;

commit;
