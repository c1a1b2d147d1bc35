create table public.book (id integer primary key, pages text);
insert into public.book values (1, '320'), (2, 'about 200'), (3, '007');
create table public.edition (id integer primary key, printed text);
insert into public.edition values (1, '1883-07-03'), (2, '1924');
create table public.shelf (id integer primary key, place point);
insert into public.shelf values (1, '(1,2)');
create table public.loan (id integer primary key, due date);
insert into public.loan values (1, '2026-01-31');
analyze;
