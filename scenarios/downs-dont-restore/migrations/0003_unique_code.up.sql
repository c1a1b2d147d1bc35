set local lock_timeout = '2s';
drop index public.item_code;
alter table public.item add constraint item_code_key unique (code);
