create table public.book (id integer primary key, tags text[], sizes integer[]);
insert into public.book values
  (1, array['to read', 'a "quoted" one', null, '{curly}'], array[[1, 2], [3, 4]]),
  (2, '{}', null),
  (3, null, '{7}');
analyze;
