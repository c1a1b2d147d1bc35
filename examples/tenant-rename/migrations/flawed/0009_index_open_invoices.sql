-- pgrehearse: no-transaction
drop index concurrently public.invoice_open_idx;
-- begin wrong-predicate
create index concurrently invoice_open_idx on public.invoice (tenant_id, due_on) where status = 'issued';
-- end wrong-predicate
