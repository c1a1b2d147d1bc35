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
