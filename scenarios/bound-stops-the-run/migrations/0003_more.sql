alter table public.item add column note text;
