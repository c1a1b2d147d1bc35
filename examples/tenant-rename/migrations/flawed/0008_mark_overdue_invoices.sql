-- begin overreaching-backfill
update public.invoice
set status = 'overdue'
where status = 'issued';
-- end overreaching-backfill
