-- The schema of Arrowroot Books at head, as a new installation gets it. Run by the role that owns it.

create extension btree_gist;

-- What is applied: one row a migration, written by the deploy.
create table public.schema_migrations (
  version text primary key,
  applied_at timestamptz not null default now()
);

alter default privileges in schema public grant select on tables to arrowroot_readonly;
grant usage on schema public to arrowroot_app, arrowroot_readonly;

create type public.tenant_status as enum ('trial', 'active', 'suspended', 'closed');

create table public.plan (
  code text primary key,
  name text not null,
  monthly_cents integer not null check (monthly_cents >= 0)
);

create sequence public.tenant_number_seq start with 1000;

create table public.tenant (
  id bigint generated always as identity primary key,
  number bigint not null default nextval('public.tenant_number_seq'),
  name text not null,
  slug text not null unique check (slug ~ '^[a-z0-9-]+$'),
  country text not null check (length(country) = 2),
  plan_code text not null references public.plan,
  status public.tenant_status not null default 'trial',
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);
alter sequence public.tenant_number_seq owned by public.tenant.number;
comment on table public.tenant is 'A tenant: a company that keeps its books with Arrowroot.';

create table public.app_user (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references public.tenant,
  email text not null,
  full_name text not null,
  is_admin boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index app_user_tenant_email_idx on public.app_user (tenant_id, lower(email));

-- The application says whom it works for, once a transaction.
create function public.current_tenant_id() returns bigint
language sql stable
as $$ select nullif(current_setting('app.tenant_id', true), '')::bigint $$;

alter table public.app_user enable row level security;
create policy tenant_isolation on public.app_user to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());

grant select on public.plan, public.tenant to arrowroot_app;
grant select, insert, update, delete on public.app_user to arrowroot_app;

create type public.invoice_status as enum ('draft', 'issued', 'overdue', 'paid', 'void');
create type public.payment_status as enum ('pending', 'settled', 'failed', 'refunded');

create table public.customer (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references public.tenant,
  name text not null,
  email text not null,
  vat_number text,
  archived_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (tenant_id, vat_number)
);
create index customer_active_idx on public.customer (tenant_id, name) where archived_at is null;

create table public.product (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references public.tenant,
  sku text not null,
  name text not null,
  unit_price_cents integer not null,
  constraint product_price_not_negative check (unit_price_cents >= 0),
  unique (tenant_id, sku)
);

create table public.invoice (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references public.tenant,
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
  unique (tenant_id, number)
);
create index invoice_customer_idx on public.invoice (customer_id);
create index invoice_open_idx on public.invoice (tenant_id, due_on) where status in ('issued', 'overdue');
comment on column public.invoice.tenant_id is 'The tenant that issues the invoice.';

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
  tenant_id bigint not null references public.tenant,
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
select i.id, i.tenant_id, e.name as tenant_name, i.number, c.name as customer_name, i.status, i.due_on, i.total_cents
from public.invoice i
join public.customer c on c.id = i.customer_id
join public.tenant e on e.id = i.tenant_id;

create materialized view public.monthly_revenue as
select tenant_id, date_trunc('month', issued_on)::date as month, sum(net_cents)::bigint as net_cents, count(*) as invoices
from public.invoice
where status <> 'draft' and status <> 'void'
group by 1, 2;
create unique index monthly_revenue_tenant_month_idx on public.monthly_revenue (tenant_id, month);

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
create policy tenant_isolation on public.customer to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
create policy tenant_isolation on public.product to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
create policy tenant_isolation on public.invoice to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
create policy tenant_isolation on public.payment to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
create policy reporting_reads_all on public.invoice for select to arrowroot_readonly using (true);

create schema audit;
grant usage on schema audit to arrowroot_app, arrowroot_readonly;

create table public.account (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references public.tenant,
  code text not null,
  name text not null,
  kind text not null check (kind in ('asset', 'liability', 'equity', 'income', 'expense')),
  balance_cents bigint not null default 0,
  unique (tenant_id, code)
);

create table public.accounting_period (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references public.tenant,
  span daterange not null,
  closed_at timestamptz,
  exclude using gist (tenant_id with =, span with &&)
);

create table public.ledger_entry (
  id bigint generated always as identity,
  tenant_id bigint not null references public.tenant,
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

create function public.post_to_accounts() returns trigger
language plpgsql
as $$
begin
  update public.account a
  set balance_cents = a.balance_cents + p.amount_cents
  from (select account_id, sum(amount_cents) as amount_cents from posted group by account_id) p
  where a.id = p.account_id;
  return null;
end
$$;
create trigger ledger_entry_post after insert on public.ledger_entry
  referencing new table as posted
  for each statement execute function public.post_to_accounts();

create view public.trial_balance with (security_invoker = true) as
select tenant_id, id as account_id, code, balance_cents
from public.account;

grant select, insert, update on public.account, public.accounting_period to arrowroot_app;
grant select, insert on public.ledger_entry to arrowroot_app;
grant select on public.trial_balance to arrowroot_app;

alter table public.account enable row level security;
alter table public.ledger_entry enable row level security;
create policy tenant_isolation on public.account to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
create policy tenant_isolation on public.ledger_entry to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
create policy reporting_reads_all on public.ledger_entry for select to arrowroot_readonly using (true);

create table public.document (
  id bigint generated always as identity primary key,
  tenant_id bigint not null references public.tenant,
  invoice_id bigint references public.invoice on delete set null,
  storage_key text not null unique,
  sha256 text not null,
  size_bytes integer not null check (size_bytes > 0),
  ingested_at timestamptz not null default now()
);
create index document_tenant_idx on public.document (tenant_id, ingested_at desc);

create table public.inbound_event (
  id bigint generated always as identity primary key,
  tenant_id bigint references public.tenant,
  kind text not null,
  payload jsonb not null,
  status text not null default 'queued' check (status in ('queued', 'done', 'dead')),
  received_at timestamptz not null default now()
);
create index inbound_event_queue_idx on public.inbound_event (received_at) where status = 'queued';

-- Senders name the tenant in the payload; the row gets it from there.
create function public.route_inbound_event() returns trigger
language plpgsql
as $$
begin
  new.tenant_id := (new.payload ->> 'tenant_id')::bigint;
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
create policy tenant_isolation on public.document to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
create policy tenant_isolation on public.inbound_event to arrowroot_app
  using (tenant_id = public.current_tenant_id())
  with check (tenant_id = public.current_tenant_id());
