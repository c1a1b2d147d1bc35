-- One migration ahead of production.
create table public.schema_migrations (version text primary key);
insert into public.schema_migrations values ('0001_book.sql'), ('0002_loan.sql');
create table public.book (id integer primary key, title text not null);
create table public.loan (id integer primary key, book_id integer not null references public.book);
insert into public.book values (1, 'Old');
