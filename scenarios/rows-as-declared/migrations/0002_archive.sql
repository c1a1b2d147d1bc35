create table public.item_archive (id bigint primary key, name text not null, price_cents integer not null);
insert into public.item_archive select id, name, price_cents from public.item;
update public.item set price_cents = 300 where price_cents < 300;
grant select on public.item_archive to shop_app;
