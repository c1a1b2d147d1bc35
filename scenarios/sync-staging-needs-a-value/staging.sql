-- One release ahead, with columns that production lacks and that must not be null.
create table public.book (id integer primary key, title text not null, language text not null);
create table public.loan (id integer primary key, day date not null, due date not null);
insert into public.book values (7, 'Old', 'de');
