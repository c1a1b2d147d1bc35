create table public.book (id integer primary key, title text not null);
insert into public.book values (1, 'Old'), (9, 'Only here');
create table public.setting (name text primary key, value text not null);
insert into public.setting values ('theme', 'light'), ('debug', 'on');
create table public.reading_list (id integer primary key, place text);
insert into public.reading_list values (5, 'a tester''s own');
create table public.session (id integer primary key);
insert into public.session values (9);
