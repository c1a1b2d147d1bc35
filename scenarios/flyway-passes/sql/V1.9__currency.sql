set local lock_timeout = '2s';
alter table public.item add column currency text not null default '${currency}';
