set lock_timeout = '2s';
alter table public.invoice add constraint invoice_customer foreign key (customer_id) references public.customer not valid;
alter table public.invoice validate constraint invoice_customer;
