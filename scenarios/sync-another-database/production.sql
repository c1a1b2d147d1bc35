create table public.book (id integer primary key);
insert into public.book values (1);
