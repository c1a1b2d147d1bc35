set lock_timeout = '2s';
alter table public.customer drop column fax;
alter table public.customer drop constraint customer_pkey;
