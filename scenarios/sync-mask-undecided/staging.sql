create table public.member (id integer primary key, email text not null);
insert into public.member values (7, 'nobody@staging.example');
