create table public.book (id integer primary key, title text not null);
insert into public.book values (1, 'The Castle'), (2, 'The Trial');
create table public.setting (name text primary key, value text not null);
insert into public.setting values ('mail', 'production'), ('theme', 'dark');
create table public.reading_list (id integer primary key, place text);
insert into public.reading_list values (1, 'from production');
create table public.session (id integer primary key);
insert into public.session values (1), (2), (3);
analyze;
