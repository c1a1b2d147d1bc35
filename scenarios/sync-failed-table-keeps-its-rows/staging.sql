create table public.book (id integer primary key, title text not null);
insert into public.book values (7, 'Old');
-- Staging already has the rule of the next release.
create table public.loan (id integer primary key, days integer not null constraint short check (days < 100));
insert into public.loan values (7, 7), (8, 8);
create table public.shelf (id integer primary key);
