-- The trial balance adds up the whole ledger each time: keep each account's balance instead.
-- A file of its own: the table is locked only for this, and not while the next one adds up.
set local lock_timeout = '2s';

alter table public.account add column balance_cents bigint not null default 0;
