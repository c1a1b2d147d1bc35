-- begin overreaching-backfill
update public.invoice
set status = 'overdue'
where status = 'issued' and due_on < date '2026-06-30';
-- end overreaching-backfill
