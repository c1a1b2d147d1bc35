create table public.schema_migrations (version text primary key);
