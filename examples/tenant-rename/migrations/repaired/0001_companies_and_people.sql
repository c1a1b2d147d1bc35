create extension btree_gist;

-- What is applied: one row a migration, written by the deploy.
create table public.schema_migrations (
  version text primary key,
  applied_at timestamptz not null default now()
);

alter default privileges in schema public grant select on tables to arrowroot_readonly;
grant usage on schema public to arrowroot_app, arrowroot_readonly;

create type public.legal_entity_status as enum ('trial', 'active', 'suspended', 'closed');

create table public.plan (
  code text primary key,
  name text not null,
  monthly_cents integer not null check (monthly_cents >= 0)
);

create sequence public.legal_entity_number_seq start with 1000;

create table public.legal_entity (
  id bigint generated always as identity primary key,
  number bigint not null default nextval('public.legal_entity_number_seq'),
  name text not null,
  slug text not null unique check (slug ~ '^[a-z0-9-]+$'),
  country text not null check (length(country) = 2),
  plan_code text not null references public.plan,
  status public.legal_entity_status not null default 'trial',
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);
alter sequence public.legal_entity_number_seq owned by public.legal_entity.number;
comment on table public.legal_entity is 'A legal entity that keeps its books with Arrowroot.';

create table public.app_user (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  email text not null,
  full_name text not null,
  is_admin boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index app_user_legal_entity_email_idx on public.app_user (legal_entity_id, lower(email));

-- The application says whom it works for, once a transaction.
create function public.current_legal_entity_id() returns bigint
language sql stable
as $$ select nullif(current_setting('app.legal_entity_id', true), '')::bigint $$;

alter table public.app_user enable row level security;
create policy legal_entity_isolation on public.app_user to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());

grant select on public.plan, public.legal_entity to arrowroot_app;
grant select, insert, update, delete on public.app_user to arrowroot_app;
