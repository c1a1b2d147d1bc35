create table public.schema_migrations (version text primary key);
create table public.customer (
  id integer generated always as identity primary key,
  legal_entity_id integer,
  code char(12) not null,
  balance numeric(12, 2) not null,
  joined timestamp not null,
  fax text
);
