set lock_timeout = '5s';
-- The new table takes the old one's place, and only half of its rows.
alter table public.customer rename to customer_before;
alter index public.customer_pkey rename to customer_before_pkey;
create table public.customer (id integer primary key, email text not null, phone text not null);
insert into public.customer select id, email, phone from public.customer_before where id % 2 = 0;
-- What is stored as one label reads as the other one.
alter type public.state rename value 'active' to 'none';
alter type public.state rename value 'banned' to 'active';
alter type public.state rename value 'none' to 'banned';
update public.account set remark = null;
-- The places were 1 to 200, and so are the new numbers, of other rows.
alter table public.item drop place, add number integer generated always as identity;
drop table public.event_old;
