set lock_timeout = '2s';
-- what consumers read stays as it is; what is new goes into a table that isn't published
alter table public.note add column written_at timestamptz;
