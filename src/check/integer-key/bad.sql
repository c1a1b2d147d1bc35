set lock_timeout = '2s';
alter table public.visit add column seen_at timestamptz;
