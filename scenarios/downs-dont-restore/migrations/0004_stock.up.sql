create table public.stock (id bigint primary key);
