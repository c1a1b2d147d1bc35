create table public.schema_migrations (version text primary key);
create table public.note (
  id bigint generated always as identity primary key,
  tenant_id integer not null,
  body text not null
);
