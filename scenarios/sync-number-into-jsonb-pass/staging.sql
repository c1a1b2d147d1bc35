-- The application stores prices as JSON here already.
create table public.book (id integer primary key, title text not null, price jsonb, limits jsonb);
insert into public.book values (1, 'Old', '99', null);
