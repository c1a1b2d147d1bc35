-- Two releases ahead: longer titles, a column with a default, one without, one that is worked out, and another table.
create table public.book (
  id bigint primary key,
  title text not null,
  language text not null default 'de',
  cover text,
  shout text generated always as (upper(title)) stored
);
create table public.shelf (id integer primary key);
insert into public.shelf values (1);
insert into public.book values (7, 'Old');
