-- a migration as a team may have it
create index invoice_issued_on
  on public.invoice (issued_on);
alter table public.invoice add constraint total_is_positive check (total > 0);

alter table public.invoice
  add column note varchar(40),
  alter column issued_on type timestamptz;
