create table public.book (id integer primary key, title text not null);
insert into public.book values (1, 'The Castle'), (2, 'The Trial');
create table public.loan (id integer primary key, days integer not null);
insert into public.loan values (1, 14), (2, 400), (3, 28);
create table public.shelf (id integer primary key);
insert into public.shelf values (1);
analyze;
