-- Production as it is today: a schema that grew by hand and by an ORM's create_all, and that nobody ever told Alembic about. There is no alembic_version.
-- Run once in an empty database, as superuser. The rows are the same each time.

create role meridian_migrator login;
create role meridian_app login;
do $$ begin execute format('alter database %I owner to meridian_migrator', current_database()); end $$;

set role meridian_migrator;

create type public.fund_status as enum ('raising', 'active', 'winding_down', 'closed');

create table public.funds (
  id integer generated always as identity primary key,
  name text not null constraint funds_name_key unique,
  base_currency char(3) not null default 'EUR',
  vintage smallint not null constraint funds_vintage_check check (vintage >= 1990),
  status public.fund_status not null default 'raising'
);

create table public.users (
  id integer generated always as identity primary key,
  email text not null constraint users_email_key unique,
  display_name text not null,
  created_at timestamptz not null default now()
);

create table public.investments (
  id bigserial primary key,
  fund_id integer not null constraint investments_fund_id_fkey references public.funds (id),
  company text not null,
  currency char(3),
  committed_cents bigint not null constraint investments_committed_check check (committed_cents > 0),
  invested_on date not null,
  exited_on date,
  constraint investments_dates_check check (exited_on is null or exited_on >= invested_on)
);
create index investments_fund_id_idx on public.investments (fund_id);

create table public.monthly_report_packs (
  id bigint generated always as identity primary key,
  fund_id integer not null constraint monthly_report_packs_fund_id_fkey references public.funds (id),
  month text not null constraint monthly_report_packs_month_check check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  prepared_by integer constraint monthly_report_packs_prepared_by_fkey references public.users (id) on delete set null,
  published boolean not null default false,
  constraint monthly_report_packs_fund_id_month_key unique (fund_id, month)
);
create index monthly_report_packs_prepared_by_idx on public.monthly_report_packs (prepared_by);

create table public.nav_snapshots (
  fund_id integer not null constraint nav_snapshots_fund_id_fkey references public.funds (id),
  as_of date not null,
  nav_cents bigint not null,
  source text not null default 'administrator',
  constraint nav_snapshots_pkey primary key (fund_id, as_of)
);
create index nav_snapshots_as_of_idx on public.nav_snapshots (as_of);

create table public.investor_statements (
  id bigint generated always as identity primary key,
  fund_id integer not null,
  investor text not null,
  as_of date not null,
  balance_cents bigint not null,
  constraint investor_statements_nav_fkey foreign key (fund_id, as_of) references public.nav_snapshots (fund_id, as_of)
);
create index investor_statements_fund_id_as_of_idx on public.investor_statements (fund_id, as_of);

grant select, insert, update on all tables in schema public to meridian_app;
grant usage on sequence public.investments_id_seq to meridian_app;

reset role;

insert into public.funds (name, base_currency, vintage, status)
select 'Meridian ' || g, (array['EUR', 'USD', 'GBP'])[g % 3 + 1], 2004 + g % 20, (array['active', 'active', 'winding_down', 'closed'])[g % 4 + 1]::public.fund_status
from generate_series(1, 24) g;

insert into public.users (email, display_name, created_at)
select 'analyst' || g || '@meridian.example', 'Analyst ' || g, timestamptz '2019-01-01 09:00+00' + g * interval '11 days'
from generate_series(1, 60) g;

-- Every fifth investment has no currency: the first version of the application didn't ask for it.
insert into public.investments (fund_id, company, currency, committed_cents, invested_on, exited_on)
select g % 24 + 1, 'Company ' || g, case when g % 5 = 0 then null else (array['EUR', 'USD', 'GBP'])[(g % 24 + 1) % 3 + 1] end, 100000000 + g * 7919,
       date '2012-01-01' + g * 3, case when g % 4 = 0 then date '2024-01-01' + g % 500 end
from generate_series(1, 900) g;

insert into public.monthly_report_packs (fund_id, month, prepared_by, published)
select f, to_char(date '2021-01-01' + m * interval '1 month', 'YYYY-MM'), (f * 7 + m) % 60 + 1, m < 58
from generate_series(1, 24) f, generate_series(0, 59) m;

insert into public.nav_snapshots (fund_id, as_of, nav_cents)
select f, date '2024-06-30' + d * 7, 5000000000 + f * 104729 + d * 15485863
from generate_series(1, 24) f, generate_series(0, 120) d;

insert into public.investor_statements (fund_id, investor, as_of, balance_cents)
select f, 'Investor ' || i, date '2024-06-30' + (i % 120) * 7, 100000 + f * 31 + i * 17
from generate_series(1, 24) f, generate_series(1, 150) i;
