set local lock_timeout = '2s';
alter table public.item add name text;
update public.item set name = label;
alter table public.item drop label;
