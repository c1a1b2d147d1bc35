-- revert shop:note to pg

begin;

alter table public.fund drop column note;

commit;
