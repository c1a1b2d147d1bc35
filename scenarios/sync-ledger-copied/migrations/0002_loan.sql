create table public.loan (id integer primary key, book_id integer not null references public.book);
