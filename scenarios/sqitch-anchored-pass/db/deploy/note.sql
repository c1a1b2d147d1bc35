-- deploy shop:note to pg

begin;

alter table public.fund add column note text;

commit;
