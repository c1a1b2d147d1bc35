create table public.book (id integer primary key, pages integer);
insert into public.book values (1, 1);
create table public.edition (id integer primary key, printed date);
create table public.shelf (id integer primary key, place uuid);
create table public.loan (id integer primary key, due date);
