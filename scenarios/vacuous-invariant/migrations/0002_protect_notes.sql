alter table public.note enable row level security;
