create table public.member (id integer primary key, email text not null);
insert into public.member values (1, 'franz@kafka.example');
analyze;
