alter table public.loan add column due date;
