-- deploy shop:fund to pg

begin;

create table public.fund (id bigint generated always as identity primary key, name text not null);

commit;
