set lock_timeout = '2s';
create index concurrently invoice_issued_on on public.invoice (issued_on);
create unique index concurrently invoice_number on public.invoice (number);
alter table public.invoice add constraint invoice_number unique using index invoice_number;
