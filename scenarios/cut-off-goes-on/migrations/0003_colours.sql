alter table public.item add colour text;
update public.item set colour = 'red' where id % 3 = 0;
