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
