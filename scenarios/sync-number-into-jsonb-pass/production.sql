create table public.book (id integer primary key, title text not null, price numeric(10,2), limits numeric(38,18));
insert into public.book values
  (1, 'The Castle', 12.50, 0.100000000000000001),
  (2, 'The Trial', null, 12345678901234567890.123456789012345678),
  (3, 'Amerika', 0, -1);
analyze;
