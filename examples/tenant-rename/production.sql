-- Production of Arrowroot Books, as it stands before the rename: roles, schema, and about 340,000 rows.
-- Run it as a superuser in an empty database. There is no chance in it: every run makes the same rows.

create role arrowroot_migrator login createrole;
create role arrowroot_app login;
create role arrowroot_readonly nologin;
create role arrowroot_report login bypassrls in role arrowroot_readonly;
alter role arrowroot_app set statement_timeout = '5s';
comment on role arrowroot_migrator is 'Owns the schema and deploys migrations.';
do $$ begin execute format('alter database %I owner to arrowroot_migrator', current_database()); end $$;

-- The schema: what migrations 0001 to 0004 made, by the role that made it.
set role arrowroot_migrator;

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

create type public.invoice_status as enum ('draft', 'issued', 'paid', 'void');
create type public.payment_status as enum ('pending', 'settled', 'failed', 'refunded');

create table public.customer (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  name text not null,
  email text not null,
  vat_number text,
  archived_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (legal_entity_id, vat_number)
);
create index customer_active_idx on public.customer (legal_entity_id, name) where archived_at is null;

create table public.product (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  sku text not null,
  name text not null,
  unit_price_cents integer not null,
  constraint product_price_not_negative check (unit_price_cents >= 0),
  unique (legal_entity_id, sku)
);

create table public.invoice (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  customer_id bigint not null references public.customer,
  number text not null,
  status public.invoice_status not null default 'draft',
  issued_on date not null,
  due_on date not null,
  paid_on date,
  net_cents bigint not null,
  tax_cents bigint not null,
  total_cents bigint generated always as (net_cents + tax_cents) stored,
  constraint invoice_due_after_issue check (due_on >= issued_on),
  constraint invoice_paid_has_date check ((status = 'paid') = (paid_on is not null)),
  unique (legal_entity_id, number)
);
create index invoice_customer_idx on public.invoice (customer_id);
create index invoice_open_idx on public.invoice (legal_entity_id, due_on) where status = 'issued';
comment on column public.invoice.legal_entity_id is 'The legal entity that issues the invoice.';

create table public.invoice_line (
  id bigint generated always as identity primary key,
  invoice_id bigint not null references public.invoice on delete cascade,
  product_id bigint not null references public.product,
  position smallint not null,
  quantity integer not null check (quantity > 0),
  unit_price_cents integer not null,
  amount_cents bigint generated always as (quantity::bigint * unit_price_cents) stored,
  unique (invoice_id, position)
);

create table public.payment (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  invoice_id bigint not null references public.invoice,
  amount_cents bigint not null check (amount_cents > 0),
  method text not null check (method in ('transfer', 'card', 'direct-debit')),
  status public.payment_status not null default 'pending',
  received_on date not null
);
create index payment_invoice_idx on public.payment (invoice_id);

create function public.touch_updated_at() returns trigger
language plpgsql
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
create trigger customer_touch before update on public.customer
  for each row execute function public.touch_updated_at();

create view public.invoice_overview with (security_invoker = true) as
select i.id, i.legal_entity_id, e.name as legal_entity_name, i.number, c.name as customer_name, i.status, i.due_on, i.total_cents
from public.invoice i
join public.customer c on c.id = i.customer_id
join public.legal_entity e on e.id = i.legal_entity_id;

create materialized view public.monthly_revenue as
select legal_entity_id, date_trunc('month', issued_on)::date as month, sum(net_cents)::bigint as net_cents, count(*) as invoices
from public.invoice
where status <> 'draft' and status <> 'void'
group by 1, 2;
create unique index monthly_revenue_legal_entity_month_idx on public.monthly_revenue (legal_entity_id, month);

grant select, insert, update, delete on public.customer, public.product, public.invoice, public.invoice_line to arrowroot_app;
grant select, insert on public.payment to arrowroot_app;
grant update (status) on public.payment to arrowroot_app;
grant select on public.invoice_overview to arrowroot_app;

alter table public.customer enable row level security;
alter table public.product enable row level security;
alter table public.invoice enable row level security;
alter table public.payment enable row level security;
-- Payments are nobody's business but their owner's: not even the role that owns the table sees them.
alter table public.payment force row level security;
create policy legal_entity_isolation on public.customer to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy legal_entity_isolation on public.product to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy legal_entity_isolation on public.invoice to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy legal_entity_isolation on public.payment to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy reporting_reads_all on public.invoice for select to arrowroot_readonly using (true);

create schema audit;
grant usage on schema audit to arrowroot_app, arrowroot_readonly;

create table public.account (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  code text not null,
  name text not null,
  kind text not null check (kind in ('asset', 'liability', 'equity', 'income', 'expense')),
  unique (legal_entity_id, code)
);

create table public.accounting_period (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  span daterange not null,
  closed_at timestamptz,
  exclude using gist (legal_entity_id with =, span with &&)
);

create table public.ledger_entry (
  id bigint generated always as identity,
  legal_entity_id bigint not null references public.legal_entity,
  account_id bigint not null references public.account,
  invoice_id bigint references public.invoice,
  payment_id bigint references public.payment,
  booked_on date not null,
  amount_cents bigint not null check (amount_cents <> 0),
  memo text not null default '',
  primary key (id, booked_on)
) partition by range (booked_on);
create table public.ledger_entry_2025_q1 partition of public.ledger_entry for values from ('2025-01-01') to ('2025-04-01');
create table public.ledger_entry_2025_q2 partition of public.ledger_entry for values from ('2025-04-01') to ('2025-07-01');
create table public.ledger_entry_2025_q3 partition of public.ledger_entry for values from ('2025-07-01') to ('2025-10-01');
create table public.ledger_entry_2025_q4 partition of public.ledger_entry for values from ('2025-10-01') to ('2026-01-01');
create table public.ledger_entry_2026_q1 partition of public.ledger_entry for values from ('2026-01-01') to ('2026-04-01');
create table public.ledger_entry_2026_q2 partition of public.ledger_entry for values from ('2026-04-01') to ('2026-07-01');
create index ledger_entry_account_idx on public.ledger_entry (account_id, booked_on);

-- What is booked stays booked. A row trigger lets TRUNCATE through, and a partition can be truncated by itself.
create function public.refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception '% on %.% is refused: it is append-only', tg_op, tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end
$$;
create trigger ledger_entry_append_only before update or delete on public.ledger_entry
  for each row execute function public.refuse_change();
create trigger ledger_entry_no_truncate before truncate on public.ledger_entry
  for each statement execute function public.refuse_change();
create trigger ledger_entry_no_truncate before truncate on public.ledger_entry_2025_q1
  for each statement execute function public.refuse_change();
create trigger ledger_entry_no_truncate before truncate on public.ledger_entry_2025_q2
  for each statement execute function public.refuse_change();
create trigger ledger_entry_no_truncate before truncate on public.ledger_entry_2025_q3
  for each statement execute function public.refuse_change();
create trigger ledger_entry_no_truncate before truncate on public.ledger_entry_2025_q4
  for each statement execute function public.refuse_change();
create trigger ledger_entry_no_truncate before truncate on public.ledger_entry_2026_q1
  for each statement execute function public.refuse_change();
create trigger ledger_entry_no_truncate before truncate on public.ledger_entry_2026_q2
  for each statement execute function public.refuse_change();

create view public.trial_balance with (security_invoker = true) as
select a.legal_entity_id, a.id as account_id, a.code, coalesce(sum(l.amount_cents), 0)::bigint as balance_cents
from public.account a
left join public.ledger_entry l on l.account_id = a.id
group by a.legal_entity_id, a.id, a.code;

grant select, insert, update on public.account, public.accounting_period to arrowroot_app;
grant select, insert on public.ledger_entry to arrowroot_app;
grant select on public.trial_balance to arrowroot_app;

alter table public.account enable row level security;
alter table public.ledger_entry enable row level security;
create policy legal_entity_isolation on public.account to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy legal_entity_isolation on public.ledger_entry to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy reporting_reads_all on public.ledger_entry for select to arrowroot_readonly using (true);

create table public.document (
  id bigint generated always as identity primary key,
  legal_entity_id bigint not null references public.legal_entity,
  invoice_id bigint references public.invoice on delete set null,
  storage_key text not null unique,
  sha256 text not null,
  size_bytes integer not null check (size_bytes > 0),
  ingested_at timestamptz not null default now()
);
create index document_legal_entity_idx on public.document (legal_entity_id, ingested_at desc);

create table public.inbound_event (
  id bigint generated always as identity primary key,
  legal_entity_id bigint references public.legal_entity,
  kind text not null,
  payload jsonb not null,
  status text not null default 'queued' check (status in ('queued', 'done', 'dead')),
  received_at timestamptz not null default now()
);
create index inbound_event_queue_idx on public.inbound_event (received_at) where status = 'queued';

-- Senders name the legal entity in the payload; the row gets it from there.
create function public.route_inbound_event() returns trigger
language plpgsql
as $$
begin
  new.legal_entity_id := (new.payload ->> 'legal_entity_id')::bigint;
  return new;
end
$$;
create trigger inbound_event_route before insert on public.inbound_event
  for each row execute function public.route_inbound_event();

create table audit.sign_in (
  id bigint generated always as identity primary key,
  user_id bigint not null references public.app_user,
  at timestamptz not null,
  address inet not null
);
create trigger sign_in_append_only before update or delete on audit.sign_in
  for each row execute function public.refuse_change();

grant select, insert, update, delete on public.document, public.inbound_event to arrowroot_app;
grant insert on audit.sign_in to arrowroot_app;

alter table public.document enable row level security;
alter table public.inbound_event enable row level security;
create policy legal_entity_isolation on public.document to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());
create policy legal_entity_isolation on public.inbound_event to arrowroot_app
  using (legal_entity_id = public.current_legal_entity_id())
  with check (legal_entity_id = public.current_legal_entity_id());

insert into public.schema_migrations (version, applied_at) values
  ('0001_companies_and_people', '2024-11-04 09:00:00+00'),
  ('0002_invoices', '2024-11-18 09:00:00+00'),
  ('0003_ledger', '2024-12-02 09:00:00+00'),
  ('0004_documents_and_events', '2025-01-20 09:00:00+00');

reset role;

set time zone 'UTC';

-- The rows. Remainders of products with primes stand in for chance.
insert into public.plan (code, name, monthly_cents) values
  ('solo', 'Solo', 900), ('team', 'Team', 2900), ('firm', 'Firm', 9900), ('partner', 'Partner', 0);

insert into public.legal_entity (name, slug, country, plan_code, status, settings, created_at)
select
  w.name || ' ' || f.form,
  lower(w.name) || '-' || g,
  (array['DE', 'AT', 'NL', 'FR', 'IE'])[1 + g % 5],
  (array['solo', 'team', 'team', 'firm', 'partner'])[1 + g * 7 % 5],
  (array['active', 'active', 'active', 'trial', 'suspended'])[1 + g * 13 % 5]::public.legal_entity_status,
  jsonb_build_object('locale', (array['de', 'de', 'nl', 'fr', 'en'])[1 + g % 5], 'reminders', g % 3 = 0),
  timestamptz '2024-11-05 08:00:00+00' + g * interval '26 hours'
from generate_series(1, 120) g
cross join lateral (select (array['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Gorse', 'Hazel', 'Ivy', 'Juniper', 'Kale', 'Larch'])[1 + g * 5 % 12] as name) w
cross join lateral (select (array['GmbH', 'BV', 'SARL', 'Ltd', 'KG', 'AG', 'OG'])[1 + g * 3 % 7] as form) f
order by g;

insert into public.app_user (legal_entity_id, email, full_name, is_admin, created_at)
select
  1 + (g - 1) % 120,
  (array['Anna', 'Ben', 'Chloe', 'David', 'Elif', 'Femke', 'Goran'])[1 + g * 11 % 7] || g || '@example.com',
  (array['Anna', 'Ben', 'Chloe', 'David', 'Elif', 'Femke', 'Goran'])[1 + g * 11 % 7] || ' ' ||
  (array['Novak', 'Meyer', 'Jansen', 'Dubois', 'Kelly'])[1 + g * 17 % 5],
  g <= 120,
  timestamptz '2024-11-06 08:00:00+00' + g * interval '7 hours'
from generate_series(1, 600) g
order by g;

insert into public.customer (legal_entity_id, name, email, vat_number, archived_at, updated_at)
select
  1 + (g - 1) % 120,
  (array['Harbour', 'Meadow', 'Summit', 'Valley', 'Bridge', 'Orchard', 'Quarry'])[1 + g * 13 % 7] || ' ' ||
  (array['Bakery', 'Logistics', 'Studio', 'Dental', 'Cycles', 'Software', 'Gardens', 'Films'])[1 + g * 29 % 8] || ' ' || g,
  'accounts' || g || '@example.org',
  case when g % 9 > 0 then 'EU' || lpad((g * 7919 % 999999937)::text, 9, '0') end,
  case when g % 23 = 0 then timestamptz '2026-02-01 12:00:00+00' + g * interval '5 minutes' end,
  timestamptz '2026-03-01 12:00:00+00' + g * interval '11 minutes'
from generate_series(1, 3600) g
order by g;

insert into public.product (legal_entity_id, sku, name, unit_price_cents)
select
  1 + (g - 1) % 120,
  'P-' || lpad(((g - 1) / 120 + 1)::text, 3, '0'),
  (array['Consulting', 'Support', 'Licence', 'Workshop', 'Hosting', 'Audit'])[1 + g * 7 % 6] || ' ' || (array['hour', 'day', 'month', 'unit'])[1 + g * 3 % 4],
  500 + g * 7919 % 24500
from generate_series(1, 2400) g
order by g;

-- Two to five lines an invoice; an invoice's amounts are those of its lines.
create temporary table line as
select
  i as invoice_id,
  1 + (i::bigint * 7919) % 120 + 120 * ((i * 31 + p * 7) % 20) as product_id,
  p as position,
  1 + (i * 3 + p * 5) % 12 as quantity
from generate_series(1, 30000) i
cross join lateral generate_series(1, 2 + i * 11 % 4) p;

insert into public.invoice (legal_entity_id, customer_id, number, status, issued_on, due_on, paid_on, net_cents, tax_cents)
select
  1 + (i::bigint * 7919) % 120,
  1 + (i::bigint * 7919) % 120 + 120 * (i * 37 % 30),
  to_char(d.issued_on, 'YYYY') || '-' || lpad(i::text, 6, '0'),
  s.status,
  d.issued_on,
  d.due_on,
  case when s.status = 'paid' then d.due_on - i * 13 % 21 end,
  n.net_cents,
  n.net_cents * 20 / 100
from generate_series(1, 30000) i
cross join lateral (select date '2025-01-01' + i * 545 / 30000 as issued_on, date '2025-01-31' + i * 545 / 30000 as due_on) d
cross join lateral (
  select case
    when i * 37 % 100 < 4 then 'draft'
    when i * 37 % 100 < 7 then 'void'
    when i * 37 % 100 < 88 and d.due_on < date '2026-06-30' then 'paid'
    else 'issued'
  end::public.invoice_status as status
) s
join (
  select l.invoice_id, sum(l.quantity * p.unit_price_cents)::bigint as net_cents
  from line l join public.product p on p.id = l.product_id
  group by l.invoice_id
) n on n.invoice_id = i
order by i;

insert into public.invoice_line (invoice_id, product_id, position, quantity, unit_price_cents)
select l.invoice_id, l.product_id, l.position, l.quantity, p.unit_price_cents
from line l join public.product p on p.id = l.product_id
order by l.invoice_id, l.position;

-- Each paid invoice has its payment; a few were tried by card before, in vain.
insert into public.payment (legal_entity_id, invoice_id, amount_cents, method, status, received_on)
select i.legal_entity_id, i.id, i.total_cents, case when t.try = 1 then 'card' else 'transfer' end,
  case when t.try = 1 then 'failed' else 'settled' end::public.payment_status,
  i.paid_on - case when t.try = 1 then 2 else 0 end
from public.invoice i
cross join lateral generate_series(case when i.id % 50 = 0 then 1 else 2 end, 2) t (try)
where i.status = 'paid'
order by i.id, t.try;

insert into public.account (legal_entity_id, code, name, kind)
select e, a.code, a.name, a.kind
from generate_series(1, 120) e
cross join (values
  (1, '1000', 'Bank', 'asset'), (2, '1100', 'Receivables', 'asset'), (3, '2200', 'VAT payable', 'liability'),
  (4, '3000', 'Equity', 'equity'), (5, '4000', 'Revenue', 'income'), (6, '6000', 'Office', 'expense')
) a (n, code, name, kind)
order by e, a.n;

insert into public.accounting_period (legal_entity_id, span, closed_at)
select e, daterange(q.first, (q.first + interval '3 months')::date), case when q.first < date '2026-01-01' then q.first + interval '110 days' end
from generate_series(1, 120) e
cross join (select (date '2025-01-01' + n * interval '3 months')::date as first from generate_series(0, 5) n) q
order by e, q.first;

-- Double entry: what an invoice claims and what a payment brings each add up to nothing.
insert into public.ledger_entry (legal_entity_id, account_id, invoice_id, booked_on, amount_cents, memo)
select i.legal_entity_id, (i.legal_entity_id - 1) * 6 + e.account, i.id, i.issued_on, e.amount_cents, 'invoice ' || i.number
from public.invoice i
cross join lateral (values (2, i.total_cents), (5, -i.net_cents), (3, -i.tax_cents)) e (account, amount_cents)
where i.status in ('issued', 'paid')
order by i.id, e.account;

insert into public.ledger_entry (legal_entity_id, account_id, invoice_id, payment_id, booked_on, amount_cents, memo)
select p.legal_entity_id, (p.legal_entity_id - 1) * 6 + e.account, p.invoice_id, p.id, p.received_on, e.amount_cents, 'payment ' || p.id
from public.payment p
cross join lateral (values (1, p.amount_cents), (2, -p.amount_cents)) e (account, amount_cents)
where p.status = 'settled'
order by p.id, e.account;

insert into public.document (legal_entity_id, invoice_id, storage_key, sha256, size_bytes, ingested_at)
select i.legal_entity_id, case when i.id % 5 > 0 then i.id end, 'inbox/' || i.id || '.pdf', encode(sha256(convert_to(i.number, 'UTF8')), 'hex'),
  20000 + (i.id * 7919 % 480000)::integer, i.issued_on + time '06:00' at time zone 'UTC' + i.id % 600 * interval '1 minute'
from public.invoice i
where i.id % 3 = 0
order by i.id;

insert into public.inbound_event (kind, payload, status, received_at)
select
  (array['document.received', 'bank.transfer', 'mandate.signed'])[1 + g * 7 % 3],
  jsonb_build_object('legal_entity_id', 1 + (g::bigint * 7919) % 120, 'reference', 'E' || lpad(g::text, 8, '0')),
  case when g > 11400 then 'queued' when g * 17 % 400 = 0 then 'dead' else 'done' end,
  timestamptz '2026-06-01 00:00:00+00' + g * interval '3 minutes'
from generate_series(1, 12000) g
order by g;

insert into audit.sign_in (user_id, at, address)
select 1 + (g::bigint * 7919) % 600, timestamptz '2026-01-01 06:00:00+00' + g * interval '13 minutes', '10.0.0.0'::inet + (g::bigint * 104729) % 16777216
from generate_series(1, 20000) g
order by g;

drop table line;
refresh materialized view public.monthly_revenue;
analyze;
