begin;
create index concurrently invoice_issued_on on public.invoice (issued_on);
commit;
