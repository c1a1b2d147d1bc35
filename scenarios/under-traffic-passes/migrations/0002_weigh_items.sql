alter table public.item add column weight_grams integer;
