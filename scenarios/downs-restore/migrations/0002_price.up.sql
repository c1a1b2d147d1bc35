set local lock_timeout = '2s';
alter table public.item add price_cents integer not null default 0 check (price_cents >= 0);
create table public.price_change (item_id bigint not null references public.item, at timestamptz not null default now());
