-- A file of its own: a new label can't be used in the transaction that adds it.
alter type public.invoice_status add value 'overdue' after 'issued';
