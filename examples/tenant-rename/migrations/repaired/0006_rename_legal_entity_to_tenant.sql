-- Who waits for a lock keeps others waiting: better to give up, and to deploy again.
set local lock_timeout = '2s';

alter type public.legal_entity_status rename to tenant_status;
alter sequence public.legal_entity_number_seq rename to tenant_number_seq;
alter sequence public.legal_entity_id_seq rename to tenant_id_seq;
alter table public.legal_entity rename to tenant;
comment on table public.tenant is 'A tenant: a company that keeps its books with Arrowroot.';

alter table public.app_user rename column legal_entity_id to tenant_id;
alter table public.customer rename column legal_entity_id to tenant_id;
alter table public.product rename column legal_entity_id to tenant_id;
alter table public.invoice rename column legal_entity_id to tenant_id;
alter table public.payment rename column legal_entity_id to tenant_id;
alter table public.account rename column legal_entity_id to tenant_id;
alter table public.accounting_period rename column legal_entity_id to tenant_id;
alter table public.ledger_entry rename column legal_entity_id to tenant_id;
alter table public.document rename column legal_entity_id to tenant_id;
alter table public.inbound_event rename column legal_entity_id to tenant_id;
comment on column public.invoice.tenant_id is 'The tenant that issues the invoice.';

-- A view's own column names don't follow the table's.
alter view public.invoice_overview rename column legal_entity_id to tenant_id;
alter view public.invoice_overview rename column legal_entity_name to tenant_name;
alter view public.trial_balance rename column legal_entity_id to tenant_id;
alter materialized view public.monthly_revenue rename column legal_entity_id to tenant_id;

alter index public.app_user_legal_entity_email_idx rename to app_user_tenant_email_idx;
alter index public.document_legal_entity_idx rename to document_tenant_idx;
alter index public.monthly_revenue_legal_entity_month_idx rename to monthly_revenue_tenant_month_idx;

-- Policies hold on to the function, not to its name: they follow it.
alter function public.current_legal_entity_id() rename to current_tenant_id;
create or replace function public.current_tenant_id() returns bigint
language sql stable
as $$ select nullif(current_setting('app.tenant_id', true), '')::bigint $$;

alter policy legal_entity_isolation on public.app_user rename to tenant_isolation;
alter policy legal_entity_isolation on public.customer rename to tenant_isolation;
alter policy legal_entity_isolation on public.product rename to tenant_isolation;
alter policy legal_entity_isolation on public.invoice rename to tenant_isolation;
alter policy legal_entity_isolation on public.payment rename to tenant_isolation;
alter policy legal_entity_isolation on public.account rename to tenant_isolation;
alter policy legal_entity_isolation on public.ledger_entry rename to tenant_isolation;
alter policy legal_entity_isolation on public.inbound_event rename to tenant_isolation;
-- begin lost-policy
alter policy legal_entity_isolation on public.document rename to tenant_isolation;
-- end lost-policy

-- begin missing-constraint
alter table public.accounting_period rename constraint accounting_period_legal_entity_id_fkey to accounting_period_tenant_id_fkey;
-- end missing-constraint

-- Constraints keep their names, and since PostgreSQL 18 a NOT NULL is one: rename whatever still says legal_entity.
-- A partition's CHECK and NOT NULL follow their parent's; its foreign keys don't.
do $$
declare
  old record;
begin
  for old in
    select c.conrelid::regclass as relation, c.conname as name, replace(c.conname, 'legal_entity', 'tenant') as new_name
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_class r on r.oid = c.conrelid
    where c.connamespace = 'public'::regnamespace and c.conname like '%legal\_entity%'
      and (c.coninhcount = 0 or c.contype not in ('c', 'n'))
    order by r.relname, c.conname
  loop
    execute format('alter table %s rename constraint %I to %I', old.relation, old.name, old.new_name);
  end loop;
end
$$;
