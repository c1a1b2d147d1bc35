set local lock_timeout = '2s';
create table public.note (id bigint generated always as identity primary key, item_id bigint not null, body text not null);
grant select on public.note to shop_app;
