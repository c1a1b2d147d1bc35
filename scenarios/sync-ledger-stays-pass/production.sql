create table public.schema_migrations (version text primary key);
insert into public.schema_migrations values ('0001_book.sql');
create table public.book (id integer primary key, title text not null);
insert into public.book values (1, 'The Castle'), (2, 'The Trial');
analyze;
