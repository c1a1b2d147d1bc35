set lock_timeout = '2s';
alter table public.invoice add constraint total_is_positive check (total > 0);
alter table public.invoice alter column total set not null;
create index concurrently invoice_customer_id on public.invoice (customer_id);
alter table public.invoice add constraint invoice_customer foreign key (customer_id) references public.customer;
