create table public.book (id integer primary key, title text not null);
insert into public.book values (1, 'The Castle');
create table public.loan (id integer primary key, day date not null);
insert into public.loan values (1, '2026-01-31');
analyze;
