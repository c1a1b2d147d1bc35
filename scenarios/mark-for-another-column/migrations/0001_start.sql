create table public.schema_migrations (version text primary key);
create table public.stock (
  id integer generated always as identity primary key,
  boxes integer not null,
  place text not null,
  remark text
);
