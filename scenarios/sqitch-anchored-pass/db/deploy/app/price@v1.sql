-- deploy shop:app/price to pg

begin;

create table public.price (id bigint generated always as identity primary key, amount numeric not null);

commit;
