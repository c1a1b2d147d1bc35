create role stock_migrator login;
do $$ begin execute format('alter database %I owner to stock_migrator', current_database()); end $$;

set role stock_migrator;

create table public.schema_migrations (version text primary key);
create table public.stock (
  id integer generated always as identity primary key,
  boxes integer not null,
  place text not null,
  remark text
);

reset role;

insert into public.stock (boxes, place, remark) select 1, 'shelf ' || g, 'seen ' || g from generate_series(1, 2500) g;
insert into public.schema_migrations values ('0001_start');
