set local lock_timeout = '2s';
alter table public.label add column code text not null;
drop index public.item_name_idx;
revoke update on public.item from shop_app;
