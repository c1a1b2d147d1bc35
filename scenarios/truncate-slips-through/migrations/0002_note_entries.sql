alter table public.entry add column note text;
