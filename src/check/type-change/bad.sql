set lock_timeout = '2s';
alter table public.customer alter column country type varchar(2);
alter type public.invoice_status rename value 'paid' to 'settled';
