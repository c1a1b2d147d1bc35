begin;
insert into public.customer (name) values ('Arrowroot');
commit;
begin;
update public.customer set country = 'BE' where name = 'Arrowroot';
commit;
