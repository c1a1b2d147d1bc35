set local lock_timeout = '2s';
alter table public.lot_entries add column note text;
