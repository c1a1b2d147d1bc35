create table public.book (id integer primary key, title text not null);
create table public.shelf (id integer primary key);
insert into public.book values (1, 'Old'), (2, 'Old');
