begin;
insert into public.customer (name) values ('Arrowroot');
select pg_sleep(0.25);
commit;
