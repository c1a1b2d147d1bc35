create table public.book (id integer primary key, title text not null);
