alter table public.item rename label to name;
alter table public.item alter code type varchar(10) using left(code, 10);
alter table public.item drop colour;
alter table public.item drop weight_g;
