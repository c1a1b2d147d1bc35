create table public.book (id integer primary key, title varchar(60) not null);
insert into public.book values (1, 'The Castle'), (2, 'The Trial');
analyze;
