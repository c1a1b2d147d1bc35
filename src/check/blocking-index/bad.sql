set lock_timeout = '2s';
create index invoice_issued_on on public.invoice (issued_on);
alter table public.invoice add constraint invoice_number unique (number);
