create table public.book (id integer primary key, tags jsonb, sizes jsonb);
insert into public.book values (1, '["old"]', null);
