set lock_timeout = '5s';
alter table public.pair add forename text;
update public.pair set forename = first;
alter table public.pair alter forename set not null, drop first;
alter table public.pair rename forename to first;
create table attic.stock (id integer primary key, pieces integer not null);
grant select on attic.stock to shop_app;
