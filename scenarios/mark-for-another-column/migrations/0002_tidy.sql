set lock_timeout = '5s';
alter table public.stock add version integer not null default 1;
-- pgrehearse: changes public.stock(remark): remarks are kept in the warehouse's own system
alter table public.stock drop remark, drop boxes, drop place;
