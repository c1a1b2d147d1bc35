-- Restored without its rows, as from a dump of the schema; statistics came along.
create table public.book (id integer primary key, title text not null);
create table public.shelf (id integer primary key);
insert into public.shelf values (1);
analyze;
update pg_catalog.pg_class set reltuples = 4709, relpages = 60 where oid = 'public.book'::regclass;
