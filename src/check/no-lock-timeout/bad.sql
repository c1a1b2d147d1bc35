alter table public.customer add column vat_number text;
