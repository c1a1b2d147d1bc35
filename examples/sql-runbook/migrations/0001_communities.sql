create table public.schema_migrations (
  revision text primary key,
  applied_at timestamptz not null default now()
);

create table public.community (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);
grant select on public.community to lantern_app;
